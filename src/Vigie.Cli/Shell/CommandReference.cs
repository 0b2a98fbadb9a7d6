using System.CommandLine;
using System.Text;

namespace Vigie.Cli;

/// <summary>The command tree as data and as a Markdown page (docs/cli.md).</summary>
internal static class CommandReference
{
    /// <summary>The command as one types it: <c>vigie data split</c>.</summary>
    public static string NameOf(Command command) =>
        string.Join(' ', Ancestry(command).Reverse().Select(c => c is RootCommand root ? root.HelpName ?? root.Name : c.Name));

    /// <summary>The command, its parent, and so on to the root.</summary>
    public static IEnumerable<Command> Ancestry(Command command)
    {
        for (Command? at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault()) yield return at;
    }

    /// <summary>The command and everything below it, in the order of the help.</summary>
    public static IEnumerable<Command> Tree(Command command) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(Tree).Prepend(command);

    /// <summary>The help of every command, as one page.</summary>
    public static string Markdown(RootCommand root)
    {
        var page = new StringBuilder();
        page.Append("""
            # Command line

            Results go to standard output, progress and errors to standard error. Exit code 0: done; 1: failed; 2: wrong usage, or data that cannot be used;
            130: stopped by Ctrl-C (143: by SIGTERM). `./vigie help --markdown > docs/cli.md` writes this page.


            """);
        foreach (Command command in Tree(root)) page.Append("## ").Append(NameOf(command)).Append("\n\n```\n").Append(Help(root, command)).Append("\n```\n\n");
        return page.ToString().TrimEnd() + "\n";
    }

    /// <summary>What <c>--help</c> prints for the command.</summary>
    public static string Help(RootCommand root, Command command)
    {
        using var text = new StringWriter { NewLine = "\n" };
        string[] path = [.. Ancestry(command).Reverse().Skip(1).Select(c => c.Name), "--help"];
        root.Parse(path).Invoke(new InvocationConfiguration { Output = text, EnableDefaultExceptionHandler = false });
        return string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim();
    }
}
