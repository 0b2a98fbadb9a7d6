using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vigie.Cli;

/// <summary>
/// Turns arguments into one run of a verb, and whatever happens there into an exit code. This is the one place that
/// catches everything.
/// </summary>
internal static class Shell
{
    private const int HelpWidthOfAFile = 120;

    /// <summary>Runs <c>vigie</c> as this process: its streams, its clock, its signals.</summary>
    public static async Task<int> RunProcessAsync(Func<Terminal, IEnumerable<Command>> verbs, string[] args)
    {
        Terminal terminal = Terminal.OfThisProcess();
        using var signals = new StopSignals(terminal);
        int code = await RunAsync(verbs, args, terminal, signals.Stop);
        return code == ExitCode.Interrupted ? signals.ExitCode : code;
    }

    /// <summary>Runs <c>vigie</c> on the given terminal.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(Func<Terminal, IEnumerable<Command>> verbs, string[] args, Terminal terminal, CancellationToken stop)
    {
        // '@name' starts many tweets and must stay text: no response files.
        ParseResult parsed = Root(verbs, terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            try
            {
                bool helpOnWhatIsNotThere = parsed.Action is HelpWithExamples && parsed.UnmatchedTokens.Count > 0;
                if (parsed.Action is ParseErrorAction || helpOnWhatIsNotThere) return WrongUsage.Report(parsed, terminal);
                return await parsed.InvokeAsync(
                    new InvocationConfiguration
                    {
                        Output = terminal.Out,
                        Error = terminal.Error,
                        EnableDefaultExceptionHandler = false,
                        ProcessTerminationTimeout = null, // StopSignals does it, within the second that the contract allows
                    },
                    stop);
            }
            finally
            {
                await terminal.Out.FlushAsync(CancellationToken.None); // can fail too: a full disk
            }
        }
        catch (Exception failure)
        {
            return Failure.Report(failure, terminal, verbose: parsed.GetValue<bool>("--verbose"), stop);
        }
    }

    /// <summary>The whole command tree.</summary>
    public static RootCommand Root(Func<Terminal, IEnumerable<Command>> verbs, Terminal terminal)
    {
        var root = new RootCommand("Vigie keeps watch over what people say about a brand: it trains tweet-sentiment models, compares, serves and monitors them.")
        {
            HelpName = "vigie",
        };
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                help.MaxWidth = terminal.OutIsTerminal && terminal.Width is { } width ? width : HelpWidthOfAFile;
                option.Action = new HelpWithExamples(help);
            }

            if (option is VersionOption) option.Action = new PrintVersion();
        }

        root.Add(new Option<bool>("--json") { Description = "Print the result as one JSON object on standard output", Recursive = true });
        root.Add(new Option<bool>("--quiet", "-q") { Description = "No progress on standard error", Recursive = true });
        root.Add(new Option<bool>("--verbose") { Description = "Show the stack trace of a failure (also: VIGIE_DEBUG=1)", Recursive = true });
        foreach (Command verb in verbs(terminal)) root.Add(verb);
        return root.WithExamples("vigie help --json", "vigie --version");
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            string version = typeof(Shell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            parseResult.InvocationConfiguration.Output.WriteLine($"vigie {version}");
            return ExitCode.Success;
        }
    }
}
