using System.CommandLine;

namespace Vigie.Cli.Tests;

/// <summary>Every verb is documented: in its help, with examples that parse, and in docs/cli.md.</summary>
public sealed class CommandReferenceTests
{
    private static readonly RootCommand Root = Shell.Root(Program.Verbs, new CliSession().TerminalOver(TextWriter.Null, TextWriter.Null));

    public static TheoryData<string> Commands => [.. CommandReference.Tree(Root).Select(CommandReference.NameOf)];

    [Fact]
    public void The_reference_page_is_what_the_help_says()
    {
        string page = Path.Combine(SharedData.Repository, "docs", "cli.md");
        Assert.True(
            File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") == CommandReference.Markdown(Root),
            "docs/cli.md is not what the help says; ./vigie help --markdown > docs/cli.md writes it");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_and_its_parameters_are_described(string name)
    {
        Command command = CommandReference.Tree(Root).Single(c => CommandReference.NameOf(c) == name);

        Assert.False(string.IsNullOrWhiteSpace(command.Description), $"'{name}' has no description");
        Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"'{name}' does not describe {a.Name}"));
        Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"'{name}' does not describe {o.Name}"));
        if (command.Action is not null) Assert.NotEmpty(Examples.ExamplesOf(command));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_examples_of_a_command_parse(string name)
    {
        Command command = CommandReference.Tree(Root).Single(c => CommandReference.NameOf(c) == name);

        foreach (string example in Examples.ExamplesOf(command))
        {
            Assert.StartsWith(name, example, StringComparison.Ordinal);
            Assert.True(Root.Parse(example["vigie".Length..]).Errors is [], $"'{example}': {string.Join("; ", Root.Parse(example["vigie".Length..]).Errors)}");
        }
    }
}
