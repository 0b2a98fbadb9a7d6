using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Vigie.Cli;

/// <summary>All that a verb may touch of the process around it; tests hand in their own.</summary>
internal sealed record Terminal
{
    private const int WidthOfAFile = 160;
    private readonly Lazy<IAnsiConsole> _outConsole;
    private readonly Lazy<IAnsiConsole> _errorConsole;

    public Terminal()
    {
        _outConsole = new(() => ConsoleOver(Out!, OutIsTerminal));
        _errorConsole = new(() => ConsoleOver(Error!, ErrorIsTerminal));
    }

    public required TextReader In { get; init; }

    /// <summary>Results, and nothing else. Buffered where it is a file or a pipe; flushed when the verb ends.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes and errors.</summary>
    public required TextWriter Error { get; init; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether standard error is the process's own and goes to a file or another program, as that of a service does.</summary>
    public bool ErrorIsLog { get; init; }

    /// <summary>Columns of the window, where there is one.</summary>
    public int? Width { get; init; }

    public required TimeProvider Clock { get; init; }

    public required string WorkingFolder { get; init; }

    /// <summary>The value of an environment variable, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>All environment variables.</summary>
    public Func<IReadOnlyDictionary<string, string>> Variables { get; init; } = () => new Dictionary<string, string>();

    /// <summary>Tables and colours on <see cref="Out"/>; plain text where it is not a terminal.</summary>
    public IAnsiConsole OutConsole => _outConsole.Value;

    /// <summary>Live progress on <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorConsole => _errorConsole.Value;

    /// <summary>The terminal of this process: UTF-8 whatever the locale says, numbers and messages in the invariant culture.</summary>
    public static Terminal OfThisProcess()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = utf8; // code page of the window; elsewhere bytes pass untouched
        bool outIsTerminal = !Console.IsOutputRedirected;
        bool errorIsTerminal = !Console.IsErrorRedirected;
        return new Terminal
        {
            In = new StreamReader(Console.OpenStandardInput(), utf8),
            Out = new StreamWriter(Console.OpenStandardOutput(), utf8, bufferSize: 1 << 16) { AutoFlush = outIsTerminal },
            Error = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true }),
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = errorIsTerminal,
            ErrorIsLog = !errorIsTerminal,
            Width = (outIsTerminal || errorIsTerminal) && Console.WindowWidth is > 0 and int width ? width : null,
            Clock = TimeProvider.System,
            WorkingFolder = Environment.CurrentDirectory,
            Variable = Environment.GetEnvironmentVariable,
            Variables = () => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal),
        };
    }

    /// <summary>The text with control characters shown as U+FFFD, so that a tweet cannot move the cursor or colour the screen.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '\uFFFD' : c)) : text;

    private IAnsiConsole ConsoleOver(TextWriter writer, bool isTerminal)
    {
        bool ansi = isTerminal && Variable("TERM") != "dumb";
        bool colour = ansi && string.IsNullOrEmpty(Variable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = ansi ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = isTerminal ? Width ?? 80 : WidthOfAFile;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
