using System.CommandLine;
using System.Text.Json;

namespace Vigie.Cli.Tests;

/// <summary>What one run of <c>vigie</c> inside this process left behind.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output, which must be one JSON object and nothing else.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Out);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Runs a command line with an empty standard input, as a script would.</summary>
    public static CliRun Run(params string[] args) => new CliSession().Run(args);
}

/// <summary>The surroundings of a run, for tests that need more than arguments: <c>new CliSession { Input = "…" }.Run(…)</c>.</summary>
internal sealed record CliSession
{
    public string Input { get; init; } = "";

    /// <summary>Where it is not the process's own, runs and models are kept in its <c>.vigie</c>; else in <see cref="TestHome"/>, for the process may stand in a checkout.</summary>
    public string WorkingFolder { get; init; } = Environment.CurrentDirectory;

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether standard output and standard error pretend to be a terminal 100 columns wide.</summary>
    public bool IsTerminal { get; init; }

    public CancellationToken Stop { get; init; } = TestContext.Current.CancellationToken;

    public Func<Terminal, IEnumerable<Command>> Verbs { get; init; } = Program.Verbs;

    public CliRun Run(params string[] args) => RunAsync(args).GetAwaiter().GetResult();

    public async Task<CliRun> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await Shell.RunAsync(Verbs, args, TerminalOver(output, error), Stop);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    public Terminal TerminalOver(TextWriter output, TextWriter error) => new()
    {
        In = new StringReader(Input),
        Out = output,
        Error = TextWriter.Synchronized(error),
        OutIsTerminal = IsTerminal,
        ErrorIsTerminal = IsTerminal,
        Width = IsTerminal ? 100 : null,
        Clock = Clock,
        WorkingFolder = WorkingFolder,
        Variables = () => Variables,
        Variable = name => Variables.TryGetValue(name, out string? value) ? value : name == "VIGIE_HOME" && WorkingFolder == Environment.CurrentDirectory ? TestHome.Path : null,
    };
}
