using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie help</c>: the help of a verb, or of all of them as a page or as data.</summary>
internal static class HelpVerb
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("VERB") { Description = "The verb to explain; none for all of them", Arity = ArgumentArity.ZeroOrMore };
        var markdown = new Option<bool>("--markdown") { Description = "Every verb, as one Markdown page" };
        var command = new Command("help", "Show how a verb is used") { words, markdown };
        return command
            .WithExamples("vigie help help", "vigie help --markdown", "vigie help --json")
            .Does(terminal, run =>
            {
                var root = (RootCommand)CommandReference.Ancestry(command).Last();
                Command subject = Find(root, run.Value(words) ?? []);
                run.Print(
                    Described.From(subject),
                    _ => terminal.Out.Write(run.Value(markdown) ? CommandReference.Markdown(root) : CommandReference.Help(root, subject) + "\n"));
            });
    }

    private static Command Find(Command root, string[] words)
    {
        Command at = root;
        foreach (string word in words)
        {
            at = at.Subcommands.FirstOrDefault(c => c.Name == word)
                ?? throw new InvalidInputException($"'{CommandReference.NameOf(at)}' has no verb '{Terminal.Printable(word)}'");
        }

        return at;
    }

    private sealed record Described(string Name, string? Description, IReadOnlyList<Parameter> Parameters, IReadOnlyList<string> Examples, IReadOnlyList<Described> Verbs)
    {
        public static Described From(Command command) => new(
            CommandReference.NameOf(command),
            command.Description,
            [
                .. command.Arguments.Select(a => new Parameter(a.Name, a.Description, a.Arity.MinimumNumberOfValues > 0)),
                .. command.Options.Where(o => !o.Hidden).Select(o => new Parameter(o.Name, o.Description, o.Required)),
            ],
            Cli.Examples.ExamplesOf(command),
            [.. command.Subcommands.Where(c => !c.Hidden).Select(From)]);
    }

    private sealed record Parameter(string Name, string? Description, bool Required);
}
