using System.Text.Json;
using Vigie.Mlflow.Tests.Import;
using Vigie.Tests.Tweets;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>Users, tokens, and what is taken over from an mlruns folder.</summary>
public sealed class TrackingVerbTests : IDisposable
{
    private readonly TempFolder folder = new();

    private CliSession Session => new() { WorkingFolder = folder.Path };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_user_is_made_once_and_a_token_is_shown_once()
    {
        CliRun made = Session.Run("tracking", "user", "ada", "--role", "admin");
        Assert.Equal("ada may admin; 'vigie tracking token ada' makes a token\n", made.Out);
        CliRun again = Session.Run("tracking", "user", "ada");
        Assert.Equal(ExitCode.WrongUsage, again.ExitCode);
        Assert.Contains("user 'ada' exists", again.Error, StringComparison.Ordinal);

        JsonElement first = Session.Run("tracking", "token", "ada", "--json").Json, second = Session.Run("tracking", "token", "ada", "--json").Json;
        Assert.NotEqual(first.GetProperty("token").GetString(), second.GetProperty("token").GetString());
        Assert.Contains("it is not shown again", Session.Run("tracking", "token", "ada").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tracking user a:b", "without a colon")]
    [InlineData("tracking user ada --role root", "root")]
    [InlineData("tracking token nosuch", "user 'nosuch' does not exist")]
    [InlineData("tracking token eve --days 5000", "expected 1 to 3650")]
    public void Mistakes_are_explained(string line, string message)
    {
        Assert.Equal(ExitCode.Success, Session.Run("tracking", "user", "eve").ExitCode);
        CliRun run = Session.Run(line.Split(' '));

        Assert.True(run.Error.Contains(message, StringComparison.Ordinal), run.Error);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public void A_short_password_is_refused_and_not_repeated()
    {
        CliRun run = (Session with { Variables = new Dictionary<string, string> { ["VIGIE_PASSWORD"] = "hush" } }).Run("tracking", "user", "ada");

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("8", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_mlruns_folder_is_taken_over_and_only_once()
    {
        SampleMlruns.Write(folder["mlruns"]);
        Twin("01230000000000000000000000000000");

        JsonElement first = Session.Run("tracking", "import", "mlruns", "--json").Json, second = Session.Run("tracking", "import", "mlruns", "--json").Json;
        Assert.True(first.GetProperty("runs").GetInt32() >= 3, first.ToString());
        Assert.Equal(0, second.GetProperty("runs").GetInt32());
        Assert.Equal(first.GetProperty("runs").GetInt32() - 1, second.GetProperty("runs_there_already").GetInt32()); // the run of an experiment that is deleted here is left alone
        Assert.Contains("taken over:", Session.Run("tracking", "import", "mlruns").Out, StringComparison.Ordinal);
        JsonElement run = Session.Run("runs", "show", SampleMlruns.Run[..8], "--json").Json;
        Assert.Equal((SampleMlruns.Run, "täglich: a", "brave-owl-7"), (run.GetProperty("run_id").GetString(), run.GetProperty("experiment").GetString(), run.GetProperty("run_name").GetString()));
        Assert.Equal(JsonValueKind.Null, run.GetProperty("metrics").GetProperty("loss").ValueKind); // it ended as NaN

        CliRun ambiguous = Session.Run("runs", "show", "0123");
        Assert.Equal(ExitCode.WrongUsage, ambiguous.ExitCode);
        Assert.Contains("several runs begin with that; give more digits", ambiguous.Error, StringComparison.Ordinal);

        CliRun unsigned = Session.Run("predict", "--model", "models:/sentiment/1", "hello");
        Assert.Equal(ExitCode.WrongUsage, unsigned.ExitCode);
        Assert.Contains("version 1 of 'sentiment' is not loaded", unsigned.Error, StringComparison.Ordinal);
    }

    /// <summary>Another run whose id begins like the sample's.</summary>
    private void Twin(string id)
    {
        string meta = File.ReadAllText(folder[$"mlruns/137/{SampleMlruns.Run}/meta.yaml"]).Replace(SampleMlruns.Run, id, StringComparison.Ordinal);
        Directory.CreateDirectory(folder[$"mlruns/137/{id}"]);
        File.WriteAllText(folder[$"mlruns/137/{id}/meta.yaml"], meta);
    }
}
