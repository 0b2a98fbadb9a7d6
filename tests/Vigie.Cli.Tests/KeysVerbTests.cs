using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Cli.Tests;

public sealed class KeysVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-keys-").FullName;
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-01T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private CliSession Session => new() { WorkingFolder = folder, Clock = clock };

    [Fact]
    public void A_key_lives_from_create_to_revoke()
    {
        JsonElement made = Session.Run("keys", "create", "collector", "--scope", "feedback,predict", "--expires", "90d", "--json").Json;
        Assert.Matches("^vigie_[A-Za-z0-9_-]{43}$", made.GetProperty("key").GetString());
        Assert.Equal("2026-05-30T12:00:00+00:00", made.GetProperty("expires").GetString());
        JsonElement rotated = Session.Run("keys", "rotate", "collector", "--json").Json;
        Assert.NotEqual(made.GetProperty("key").GetString(), rotated.GetProperty("key").GetString());
        Assert.Equal("2026-03-02T12:00:00+00:00", rotated.GetProperty("overlap_ends").GetString()); // 24 h unless said

        CliRun list = Session.Run("keys", "list");
        Assert.Contains("collector", list.Out, StringComparison.Ordinal);
        Assert.Contains("predict, feedback", list.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("vigie_", list.Out + Session.Run("keys", "list", "--json").Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, ".vigie", "keys.json")));

        Assert.Equal(ExitCode.Success, Session.Run("keys", "revoke", "collector").ExitCode);
        Assert.Equal(0, Session.Run("keys", "list", "--json").Json.GetProperty("keys").GetArrayLength());
    }

    [Theory]
    [InlineData("create|ada|--scope|fly", "there is no scope 'fly'; expected some of predict, feedback, erase, read, metrics, alerts, admin")]
    [InlineData("create|ada|--scope|,", "--scope names no scope")]
    [InlineData("create|ada", "--scope")]
    [InlineData("create|ada|--scope|read|--expires|soon", "--expires soon: expected a length of time")]
    [InlineData("create|ada|--scope|read|--expires|0s", "its lifetime is 0s")]
    [InlineData("revoke|ada", "there is no key 'ada'")]
    [InlineData("rotate|ada|--overlap|1y", "--overlap 1y: expected a length of time")]
    public void What_cannot_be_done_is_said(string arguments, string reason)
    {
        CliRun run = Session.Run(["keys", .. arguments.Split('|')]);
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, ".vigie", "keys.json")));
    }

    [Fact]
    public void The_file_can_stand_elsewhere()
    {
        CliSession session = Session with { Variables = new Dictionary<string, string> { ["VIGIE__ACCESS__KEYS_FILE"] = "shared/keys.json" } };
        Assert.Equal(ExitCode.Success, session.Run("keys", "create", "ada", "--scope", "read").ExitCode);
        Assert.True(File.Exists(Path.Combine(folder, "shared", "keys.json")));
    }
}
