using System.Text;

namespace Vigie.Cli.Tests;

/// <summary>Whatever text a person hands to a verb, the verb answers or refuses; it does not crash.</summary>
public sealed class NaughtyTextTests
{
    /// <summary>Command lines of verbs that take text; {TEXT} is replaced by each naughty text.</summary>
    public static TheoryData<string> Lines =>
    [
        "{TEXT}",
        "help -- {TEXT}",
        "data describe -- {TEXT}",
        "data get --output /dev/null/nowhere -- {TEXT}",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_text_gets_an_answer_or_a_reason(string line)
    {
        Assert.All(NaughtyStrings.Texts, text =>
        {
            CliRun run = CliRun.Run([.. line.Split(' ').Select(word => word == "{TEXT}" ? text : word)]);
            Assert.True(run.ExitCode is ExitCode.Success or ExitCode.WrongUsage, $"exit code {run.ExitCode}: {run.Error}");
            Assert.True(run.ExitCode == ExitCode.Success || run.Error.StartsWith("vigie: ", StringComparison.Ordinal), run.Error);
            Assert.DoesNotContain("\u001b", run.Out + run.Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_text_after_two_dashes_reaches_the_verb_unchanged()
    {
        var session = new CliSession { Verbs = TestProgram.Verbs };

        Assert.All(NaughtyStrings.Texts, text =>
        {
            string wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // JSON has no lone surrogates
            Assert.Equal(wellFormed, session.Run("echo", "--json", "--", text).Json.GetProperty("text").GetString());
        });
    }
}
