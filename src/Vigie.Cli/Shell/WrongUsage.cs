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
            if (Nearest(wrong, kind == "option" ? Options(command) : Verbs(command)) is { } meant)
                terminal.Error.WriteLine($"       Did you mean '{meant}'?");
        }
        else
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct()) terminal.Error.WriteLine($"vigie: {message}");
        }

        terminal.Error.WriteLine($"       '{name} --help' shows how it is used.");
        return ExitCode.WrongUsage;
    }

    /// <summary>The candidate with the fewest typing slips between it and the word; null when none is near.</summary>
    internal static string? Nearest(string word, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (candidate, slips: Slips(word, candidate)))
            .Where(pair => pair.slips <= Math.Max(1, pair.candidate.Length / 3))
            .OrderBy(pair => pair.slips)
            .Select(pair => pair.candidate)
            .FirstOrDefault();

    private static IEnumerable<string> Verbs(Command command) => command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);

    private static IEnumerable<string> Options(Command command) =>
        CommandReference.Ancestry(command)
            .SelectMany(c => c.Options.Where(o => c == command || o.Recursive))
            .Where(o => !o.Hidden)
            .Select(o => o.Name);

    // Damerau-Levenshtein with adjacent swaps (optimal string alignment): 'trian' is one slip from 'train'.
    private static int Slips(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
