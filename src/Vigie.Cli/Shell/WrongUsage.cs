using System.CommandLine;

namespace Vigie.Cli;

/// <summary>Says what a command line should have been.</summary>
internal static class WrongUsage
{
    public static int Report(ParseResult parsed, Terminal terminal)
    {
        Command command = parsed.CommandResult.Command;
        string name = CommandReference.NameOf(command);
        if (parsed.UnmatchedTokens.Count == 0 && command.Action is null)
        {
            terminal.Error.WriteLine($"vigie: which verb? '{name}' takes one of: {string.Join(", ", Verbs(command))}");
        }
        else if (parsed.UnmatchedTokens.Count > 0)
        {
            string wrong = parsed.UnmatchedTokens[0];
            if (wrong.StartsWith("--", StringComparison.Ordinal)) wrong = wrong.Split('=')[0];
            string kind = wrong.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "verb" : "argument";
            terminal.Error.WriteLine($"vigie: '{name}' has no {kind} '{Terminal.Printable(wrong)}'");
            if (Spelling.Nearest(wrong, kind == "option" ? Options(command) : Verbs(command)) is { } meant)
                terminal.Error.WriteLine($"       Did you mean '{meant}'?");
        }
        else
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct()) terminal.Error.WriteLine($"vigie: {message}");
        }

        terminal.Error.WriteLine($"       '{name} --help' shows how it is used.");
        return ExitCode.WrongUsage;
    }

    private static IEnumerable<string> Verbs(Command command) => command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);

    private static IEnumerable<string> Options(Command command) =>
        CommandReference.Ancestry(command)
            .SelectMany(c => c.Options.Where(o => c == command || o.Recursive))
            .Where(o => !o.Hidden)
            .Select(o => o.Name);
}
