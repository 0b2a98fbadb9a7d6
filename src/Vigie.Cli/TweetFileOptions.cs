using System.CommandLine;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>The options of every verb that reads a tweet file.</summary>
internal sealed class TweetFileOptions
{
    private static readonly Dictionary<string, LabelScheme> Schemes = new()
    {
        ["words"] = LabelScheme.Words,
        ["0/1"] = LabelScheme.ZeroOne,
        ["0/2/4"] = LabelScheme.ZeroTwoFour,
        ["0/1/2"] = LabelScheme.ZeroOneTwo,
        ["-1/0/1"] = LabelScheme.MinusOneToOne,
    };

    private readonly Option<string?> _label = new("--label-column") { Description = "The column or JSON property that holds the label, if its name is not recognised", HelpName = "NAME" };
    private readonly Option<string?> _text = new("--text-column") { Description = "The column or JSON property that holds the text, if its name is not recognised", HelpName = "NAME" };
    private readonly Option<string?> _labels = new("--labels") { Description = "How labels are written, if the first rows do not tell: words, 0/1, 0/2/4, 0/1/2 or -1/0/1", HelpName = "SCHEME" };
    private readonly Option<string?> _encoding = new("--encoding") { Description = "The encoding of the file, if its bytes do not tell, such as utf-8 or windows-1252", HelpName = "NAME" };
    private readonly Option<string?> _entry = new("--entry") { Description = "The file inside a .zip archive of several", HelpName = "NAME" };
    private readonly Option<string> _onError = new("--on-error") { Description = "What a malformed row does: stop the reading (the default), or be skipped and counted", HelpName = "stop|skip", DefaultValueFactory = _ => "stop" };
    private readonly Option<int?> _sample = new("--sample") { Description = "Only N rows: those with a rank below N where the file has ranks, else the first N by text hash", HelpName = "N" };

    public TweetFileOptions()
    {
        _onError.AcceptOnlyFromAmong("stop", "skip");
        _labels.AcceptOnlyFromAmong([.. Schemes.Keys]);
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _sample, _label, _text, _labels, _encoding, _entry, _onError }) command.Options.Add(option);
    }

    /// <summary>What the caller asked for.</summary>
    public TweetReaderOptions Of(VerbRun run) => new()
    {
        LabelColumn = run.Value(_label),
        TextColumn = run.Value(_text),
        Labels = run.Value(_labels) is { } scheme ? Schemes[scheme] : null,
        Encoding = run.Value(_encoding) is { } name ? EncodingOf(name) : null,
        Entry = run.Value(_entry),
        OnError = run.Value(_onError) == "skip" ? OnError.Skip : OnError.Stop,
        Sample = run.Value(_sample),
    };

    /// <summary>Says on standard error what a reading skipped and what looks damaged.</summary>
    public static void Warn(VerbRun run, TweetReadReport report)
    {
        if (report.Skipped > 0) run.Note($"{report.Skipped:N0} of {report.Rows:N0} rows were malformed and skipped:");
        foreach (SkippedRow row in report.SkippedRows) run.Note($"  row {row.Row} (line {row.Line}): expected {row.Expected}, found {row.Found}");
        if (report.Skipped > report.SkippedRows.Count) run.Note($"  and {report.Skipped - report.SkippedRows.Count:N0} more");
        if (report.Mojibake > 0)
            run.Note($"{report.Mojibake:N0} texts hold mojibake (UTF-8 that was read as windows-1252 on its way); they are kept as they are. Was the file read as {report.Encoding} rightly? --encoding names another");
    }

    /// <summary>The progress of a reading, in megabytes of the file.</summary>
    public static Amount Progress(ReadProgress read) => new(read.Bytes / 1e6, read.TotalBytes / 1e6, $"{read.Rows:N0} rows");

    private static Encoding EncodingOf(string name)
    {
        string known = name.Equals("latin-1", StringComparison.OrdinalIgnoreCase) || name.Equals("latin1", StringComparison.OrdinalIgnoreCase) ? "iso-8859-1" : name;
        if (CodePagesEncodingProvider.Instance.GetEncoding(known) is { } codePage) return codePage;
        try
        {
            return Encoding.GetEncoding(known);
        }
        catch (ArgumentException error)
        {
            throw new InvalidInputException($"no encoding '{Terminal.Printable(name)}'; utf-8, utf-16, windows-1252, latin-1 and other names of the IANA list are known", error);
        }
    }
}
