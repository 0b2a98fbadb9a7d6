using System.Text.Json;
using Vigie.Server;

namespace Vigie.Cli.Tests;

public sealed class SettingsVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_holds_is_shown_with_who_said_it_and_without_secrets()
    {
        File.WriteAllText(Path.Combine(folder, "vigie.yaml"), "max_batch: 5\ntls:\n  password: sesame-17\n");
        CliSession session = new() { WorkingFolder = folder, Variables = new Dictionary<string, string> { ["VIGIE__MAX_TEXT_LENGTH"] = "99" } };
        CliRun run = session.Run("settings", "--set", "cors.origins=https://a.example,https://b.example", "--json");
        Dictionary<string, JsonElement> shown = run.Json.GetProperty("settings").EnumerateArray().ToDictionary(setting => setting.GetProperty("name").GetString()!);

        Assert.Equal(("5", "vigie.yaml:1"), Told("max_batch"));
        Assert.Equal(("99", "VIGIE__MAX_TEXT_LENGTH"), Told("max_text_length"));
        Assert.Equal(("https://a.example, https://b.example", "--set"), Told("cors.origins"));
        Assert.Equal(("***", "vigie.yaml:3"), Told("tls.password"));
        Assert.Equal(("1m", "default"), Told("access.oidc.clock_skew"));
        Assert.All(shown.Values, setting => Assert.NotEqual("", setting.GetProperty("meaning").GetString()));
        Assert.DoesNotContain("sesame", run.Out, StringComparison.Ordinal);

        (string?, string?) Told(string name) => (shown[name].GetProperty("value").GetString(), shown[name].GetProperty("from").GetString());
    }

    [Fact]
    public void One_setting_or_a_section_is_explained()
    {
        Assert.Contains("renewal needs no restart", string.Join(' ', CliRun.Run("settings", "tls").Out.Split(' ', '\n').Where(word => word.Length > 0)), StringComparison.Ordinal);
        CliRun wrong = CliRun.Run("settings", "tls.kye");
        Assert.Equal((ExitCode.WrongUsage, true), (wrong.ExitCode, wrong.Error.Contains("did you mean tls.key?", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_is_printed() => Assert.Equal(SettingsPage.Markdown(typeof(ServerOptions)), CliRun.Run("settings", "--markdown").Out);

    [Fact]
    public void A_file_that_is_named_has_to_be_there()
    {
        CliRun run = CliRun.Run("settings", "--settings", "nowhere.yaml");
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("nowhere.yaml: cannot be read", run.Error, StringComparison.Ordinal);
    }
}
