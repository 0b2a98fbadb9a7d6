using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Vigie.Cli;

/// <summary>Command lines that a command's help ends with. Each one is parsed by a test.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, string[]> Given = [];

    public static TCommand WithExamples<TCommand>(this TCommand command, params string[] lines)
        where TCommand : Command
    {
        Given.AddOrUpdate(command, lines);
        return command;
    }

    public static IReadOnlyList<string> ExamplesOf(Command command) => Given.TryGetValue(command, out string[]? lines) ? lines : [];
}

/// <summary>System.CommandLine's own help, followed by the examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        IReadOnlyList<string> lines = Examples.ExamplesOf(parseResult.CommandResult.Command);
        if (lines.Count == 0) return code;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string line in lines) output.WriteLine($"  {line}");
        output.WriteLine();
        return code;
    }
}
