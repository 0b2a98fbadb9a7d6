using System.CommandLine;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie data get</c>: downloads what others publish.</summary>
internal static class DataGetVerb
{
    public static Command Create(Terminal terminal, IReadOnlyList<PublishedFile> files)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"Which one: {string.Join(", ", files.Select(file => file.Name))}; none lists them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string>("--output", "-o") { Description = "The folder to put it in", DefaultValueFactory = _ => ".", HelpName = "FOLDER" };
        return new Command("get", "Download a published set; what breaks off is continued by the next run, and the checksum is verified") { name, output }
            .WithExamples("vigie data get", $"vigie data get {files[0].Name} --output data/")
            .Does(terminal, async run =>
            {
                if (run.Value(name) is not { } wanted)
                {
                    run.Print(
                        new { files },
                        console => console.PrintTable(["name", "MB", "what"], [.. files.Select(file => new[] { file.Name, file.Bytes is { } bytes ? $"{bytes / 1e6:N0}" : "", file.Description })]));
                    return;
                }

                PublishedFile published = PublishedFile.Named(wanted, files);
                using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // the download has its own patience
                DownloadReport report;
                using (ProgressBoard board = run.ShowProgress())
                {
                    IProgress<DownloadProgress> stage = board.Stage<DownloadProgress>($"{published.FileName} (MB)", at => new Amount(at.Bytes / 1e6, at.TotalBytes / 1e6));
                    report = await new FileDownload(client, run.Clock).RunAsync(published, run.Required(output), stage, run.Stop);
                }

                run.Print(report, console => console.PrintTable(
                    ["file", "bytes", "sha256", "checksum"],
                    [[report.Path, $"{report.Bytes:N0}", report.Sha256, report.Verified ? "verified" : "first seen, remembered"]]));
            });
    }
}
