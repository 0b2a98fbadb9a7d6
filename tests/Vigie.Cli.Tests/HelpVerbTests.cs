namespace Vigie.Cli.Tests;

public sealed class HelpVerbTests
{
    [Fact]
    public void Help_of_a_verb_is_what_its_help_option_prints()
    {
        CliRun verb = CliRun.Run("help", "help");
        CliRun option = CliRun.Run("help", "--help");

        Assert.Equal(ExitCode.Success, verb.ExitCode);
        Assert.Contains("Examples:", verb.Out, StringComparison.Ordinal);
        Assert.Equal(option.Out.Trim(), verb.Out.Trim());
    }

    [Fact]
    public void Json_describes_every_verb()
    {
        CliRun run = CliRun.Run("help", "--json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("vigie", run.Json.GetProperty("name").GetString());
        Assert.Contains(run.Json.GetProperty("verbs").EnumerateArray(), v => v.GetProperty("name").GetString() == "vigie help");
    }

    [Fact]
    public void An_unknown_verb_is_wrong_usage()
    {
        CliRun run = CliRun.Run("help", "nosuch");

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains("'nosuch'", run.Error, StringComparison.Ordinal);
    }
}
