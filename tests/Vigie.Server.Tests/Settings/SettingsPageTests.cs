using System.Reflection;
using System.Text.RegularExpressions;

namespace Vigie.Server.Tests;

/// <summary>Every setting is explained, on the page as in the code.</summary>
public sealed partial class SettingsPageTests
{
    [Fact]
    public void The_page_is_what_the_code_says() => Assert.True(
        File.ReadAllText(Path.Combine(SharedData.Repository, "docs", "settings.md")).ReplaceLineEndings("\n") == SettingsPage.Markdown(typeof(ServerOptions)),
        "docs/settings.md is behind; ./vigie settings --markdown > docs/settings.md writes it");

    [Fact]
    public void Every_setting_is_explained()
    {
        IReadOnlyList<DescribedSetting> all = SettingsPage.List(typeof(ServerOptions));
        Assert.Contains(all, setting => setting is { Path: "tls.password", IsSecret: true, Default: "" });
        Assert.Contains(all, setting => setting is { Path: "access.oidc.scopes.NAME", Type: "text" });
        Assert.Contains(all, setting => setting is { Path: "proxies.header", Type: "x_forwarded_for or forwarded", Default: "x_forwarded_for" });
        Assert.All(all, setting => Assert.True(setting.Description.Length > 0, $"{setting.Path} has no documentation"));
        Assert.All(all, setting => Assert.DoesNotContain("<", setting.Description, StringComparison.Ordinal));
        Assert.Equal(all.Count, all.Select(setting => setting.Path).Distinct().Count());
    }

    [Fact]
    public void What_holds_is_told_without_secrets()
    {
        var options = new ServerOptions
        {
            Urls = ["http://127.0.0.1:1", "http://127.0.0.1:2"],
            Alerts = new AlertOptions { Slack = new SlackOptions { Url = "https://hooks.example.org/T0/B0/very-secret" } },
            Access = new AccessOptions { Oidc = new OidcOptions { Scopes = new Dictionary<string, string> { ["analyst"] = "read,feedback" } } },
        };
        Dictionary<string, HeldSetting> held = HeldSettings.Of(options).ToDictionary(setting => setting.Path);
        Assert.Equal("http://127.0.0.1:1, http://127.0.0.1:2", held["urls"].Value);
        Assert.Equal((EffectiveSetting.Mask, true), (held["alerts.slack.url"].Value, held["alerts.slack.url"].IsChanged));
        Assert.Equal(("read,feedback", "access.oidc.scopes.NAME"), (held["access.oidc.scopes.analyst"].Value, held["access.oidc.scopes.analyst"].Described.Path));
        Assert.Equal(("90", false), (held["records.retention_days"].Value, held["records.retention_days"].IsChanged));
        Assert.DoesNotContain(held.Values, setting => setting.Value.Contains("very-secret", StringComparison.Ordinal));
        Assert.Equal(["access.oidc.scopes.analyst", "alerts.slack.url", "urls"], held.Values.Where(setting => setting.IsChanged).Select(setting => setting.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_called_like_a_secret_is_one() => Assert.All(
        SettingsPage.List(typeof(ServerOptions)),
        setting => Assert.True(setting.IsSecret || !SecretName().IsMatch(setting.Path.Split('.')[^1]) || setting.Path is "tls.key" or "secret_file", $"{setting.Path} needs [Secret], or a name that does not sound like one"));

    [Fact]
    public void Nothing_is_left_out_by_oversight()
    {
        string[] programsOnly = ["ServerOptions.Secret", "ServerOptions.Process", "ServerOptions.Clock", "ServerOptions.Log"];
        Assert.Equal(programsOnly.Order(StringComparer.Ordinal), Forgotten(typeof(ServerOptions), []).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Defaults_are_what_nobody_said()
    {
        Settings<ServerOptions> read = Server.Settings.Read<ServerOptions>(new SettingSources());
        Assert.All(read.Effective, setting => Assert.True(setting is { IsDefault: true, Origin: "default" }));
        read.Check(read.Options.Check);
        Dictionary<string, string> described = SettingsPage.List(typeof(ServerOptions)).ToDictionary(setting => setting.Path, setting => setting.Default);
        Assert.All(read.Effective.Where(setting => described.ContainsKey(setting.Path)), setting => Assert.Equal(described[setting.Path], setting.Value));
    }

    private static IEnumerable<string> Forgotten(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type)) return [];
        return [
            .. SectionShape.Forgotten(type).Select((PropertyInfo property) => $"{type.Name}.{property.Name}"),
            .. SectionShape.Of(type).Properties.Values.SelectMany(property => property.Shape switch
            {
                SectionShape section => Forgotten(section.Type, seen),
                MapShape { Entry: SectionShape section } => Forgotten(section.Type, seen),
                _ => [],
            }),
        ];
    }

    // tls.key and secret_file name files, as access.keys_file does.
    [GeneratedRegex("password|secret|token|connection_string|connection$|headers|(^|_)key$|credential")]
    private static partial Regex SecretName();
}
