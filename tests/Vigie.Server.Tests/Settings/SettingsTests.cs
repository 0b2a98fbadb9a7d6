using System.Text;

namespace Vigie.Server.Tests;

/// <summary>What the sources say becomes options; what cannot be meant stops the start and says where it stands.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_kind_of_setting_is_read()
    {
        TrialOptions read = Read("""
            on: true
            count: 1_000
            size: 9999999999
            share: 0.25
            name: 007            # a text, though it looks like a number
            note: "null"
            most: 12
            wait: 1h30m
            kind: almost_always
            hosts: [x, "y, z"]
            tags: { colour: red, size: 4 }
            models:
              champion: { weight: 0.9, source: "models:/a@champion" }
              shadow:
                weight: 0
            link:
              address: 192.0.2.1
              password: tell nobody
            second:
              max_retries: 7
            """).Options;

        Assert.Equal((true, 1000, 9_999_999_999, 0.25, "007", "null", 12), (read.On, read.Count, read.Size, read.Share, read.Name, read.Note, read.Most));
        Assert.Equal((TimeSpan.FromMinutes(90), TrialKind.AlmostAlways), (read.Wait, read.Kind));
        Assert.Equal(["x", "y, z"], read.Hosts);
        Assert.Equal(["colour: red", "size: 4"], read.Tags.Select(tag => $"{tag.Key}: {tag.Value}"));
        Assert.Equal((0.9, "models:/a@champion"), (read.Models["champion"].Weight, read.Models["champion"].Source));
        Assert.Equal((0, null), (read.Models["shadow"].Weight, read.Models["shadow"].Source));
        Assert.Equal(("192.0.2.1", "tell nobody", 2), (read.Link.Address, read.Link.Password, read.Link.MaxRetries));
        Assert.Equal(("localhost", 7), (read.Second!.Address, read.Second.MaxRetries));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a remark\n")]
    [InlineData("---\n")]
    [InlineData("link:\n")]
    [InlineData("most: null\nnote: ~\nsecond:\n")]
    [InlineData("\uFEFFcount: 3\n")]
    public void What_is_not_said_stays_as_it_is(string text)
    {
        TrialOptions read = Read(text).Options, usual = new();
        Assert.Equal(usual with { Hosts = read.Hosts, Tags = read.Tags, Models = read.Models }, read);
        Assert.Equal(usual.Hosts, read.Hosts);
        Assert.Null(read.Second);
    }

    [Fact]
    public void What_comes_later_goes_before_what_came_earlier()
    {
        Settings<TrialOptions> read = Server.Settings.Read<TrialOptions>(new SettingSources
        {
            Defaults = [new("name", "verb"), new("note", "verb"), new("link.address", "verb")],
            File = Write("name: file\nlink: { address: file, max_retries: 5 }\nhosts: [file]\ncount: 9\n"),
            FileName = "vigie.yaml",
            Environment = new Dictionary<string, string> { ["VIGIE__NAME"] = "environment", ["VIGIE__LINK__MAX_RETRIES"] = "6", ["VIGIE__HOSTS"] = "p, q", ["VIGIE_HOME"] = "/nowhere", ["PATH"] = "/bin", ["VIGIE__WAIT"] = "2s" },
            Flags = [new SettingFlag("name", "flag", "--name"), new SettingFlag("wait", "3s", "--set")],
        });

        Assert.Equal(("flag", "verb", "file", 6, 9), (read.Options.Name, read.Options.Note, read.Options.Link.Address, read.Options.Link.MaxRetries, read.Options.Count));
        Assert.Equal(["p", "q"], read.Options.Hosts);
        Assert.Equal(TimeSpan.FromSeconds(3), read.Options.Wait);
        Dictionary<string, EffectiveSetting> told = read.Effective.ToDictionary(setting => setting.Path);
        Assert.Equal(("flag", "--name"), (told["name"].Value, told["name"].Origin));
        Assert.Equal(("6", "VIGIE__LINK__MAX_RETRIES"), (told["link.max_retries"].Value, told["link.max_retries"].Origin));
        Assert.Equal(("9", "vigie.yaml:4"), (told["count"].Value, told["count"].Origin));
        Assert.Equal(("file", "vigie.yaml:2"), (told["link.address"].Value, told["link.address"].Origin));
        Assert.Equal(("0.5", "default"), (told["share"].Value, told["share"].Origin));
        Assert.Equal(("verb", "default"), (told["note"].Value, told["note"].Origin));
        Assert.DoesNotContain("clock", told.Keys);
        Assert.DoesNotContain("internal", told.Keys);
    }

    [Theory]
    [InlineData("count: many", "vigie.yaml:1: count is 'many'; expected a whole number")]
    [InlineData("\n\ncount: 3.5", "vigie.yaml:3: count is '3.5'; expected a whole number")]
    [InlineData("count: 99999999999", "vigie.yaml:1: count is '99999999999'; expected a whole number")]
    [InlineData("count:", "vigie.yaml:1: count is nothing; expected a whole number")]
    [InlineData("count: [1]", "vigie.yaml:1: count is a list; expected a whole number")]
    [InlineData("count: { a: 1 }", "vigie.yaml:1: count is names with values; expected a whole number")]
    [InlineData("on: yes", "vigie.yaml:1: on is 'yes'; expected true or false")]
    [InlineData("share: .nan", "vigie.yaml:1: share is '.nan'; expected a number")]
    [InlineData("share: NaN", "vigie.yaml:1: share is 'NaN'; expected a number")]
    [InlineData("wait: 90", "vigie.yaml:1: wait is '90'; expected a length of time such as 500ms, 90s, 5m, 1h30m or 7d")]
    [InlineData("kind: always", "vigie.yaml:1: kind is 'always'; expected off or almost_always")]
    [InlineData("kind: 1", "vigie.yaml:1: kind is '1'; expected off or almost_always")]
    [InlineData("hosts: { a: 1 }", "vigie.yaml:1: hosts is names with values; expected a list, such as [a, b]")]
    [InlineData("hosts:\n- a\n- [b]", "vigie.yaml:3: hosts[1] is a list; expected a text")]
    [InlineData("link: here", "vigie.yaml:1: link is a single value; expected address, password, max_retries… below it")]
    [InlineData("models: [a]", "vigie.yaml:1: models is a list; expected names with values below it")]
    [InlineData("models: { a: { weight: heavy } }", "vigie.yaml:1: models.a.weight is 'heavy'; expected a number")]
    [InlineData("cuont: 1", "vigie.yaml:1: there is no setting cuont; did you mean count?")]
    [InlineData("link:\n  adress: a", "vigie.yaml:2: there is no setting link.adress; did you mean link.address?")]
    [InlineData("max_retries: 1", "vigie.yaml:1: there is no setting max_retries; did you mean link.max_retries?")]
    [InlineData("models: { a: { wieght: 1 } }", "vigie.yaml:1: there is no setting models.a.wieght; did you mean models.a.weight?")]
    [InlineData("zzz: 1", "vigie.yaml:1: there is no setting zzz; 'vigie settings' lists them all")]
    [InlineData("clock: 1", "vigie.yaml:1: there is no setting clock;")]
    [InlineData("internal: 1", "vigie.yaml:1: there is no setting internal")]
    [InlineData("Count: 1", "vigie.yaml:1: there is no setting Count; did you mean count?")]
    [InlineData("- a", "vigie.yaml:1: expected settings as 'name: value', found a list")]
    [InlineData("hello", "vigie.yaml:1: expected settings as 'name: value', found a single value")]
    public void What_cannot_be_meant_is_said_with_its_place(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("count: 1\ncount: 2", "vigie.yaml:2: count was said before, at vigie.yaml:1")]
    [InlineData("count: !!int 3", "vigie.yaml:1: the tag tag:yaml.org,2002:int stands here")]
    [InlineData("link: !System.Diagnostics.Process { address: sh }", "vigie.yaml:1: the tag !System.Diagnostics.Process stands here")]
    [InlineData("hosts: &all [a]", "vigie.yaml:1: an anchor (&name) stands here")]
    [InlineData("count: 3\nsize: *all", "vigie.yaml:2: an alias (*name) stands here")]
    [InlineData("count: 3\n---\ncount: 4", "vigie.yaml:2: a second document begins")]
    [InlineData("count: [", "vigie.yaml:2: not YAML:")]
    [InlineData("count: \"a", "vigie.yaml:1: not YAML:")]
    [InlineData("? [a, b]\n: 1", "vigie.yaml:1: expected the name of a setting")]
    [InlineData("? *a\n: 1", "vigie.yaml:1: an alias")]
    [InlineData("a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", "vigie.yaml:1: nested deeper than 12 levels")]
    public void YAML_is_data_and_nothing_more(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Small_files_cannot_be_made_large_and_large_ones_are_not_read()
    {
        string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 9).Select(i => $"b{i}: &b{i} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"));
        Assert.Contains("an anchor", Assert.Throws<InvalidInputException>(() => Read(laughs)).Message, StringComparison.Ordinal);
        Assert.Contains("larger than 256 KiB", Assert.Throws<InvalidInputException>(() => Read(new string('#', SettingsFile.MaxBytes + 1))).Message, StringComparison.Ordinal);
        Assert.Contains("nested deeper", Assert.Throws<InvalidInputException>(() => Read("a: " + new string('[', 200_000))).Message, StringComparison.Ordinal);
        Assert.Equal("vigie.yaml is not UTF-8", Assert.Throws<InvalidInputException>(() => SettingsFile.Parse([0x61, 0x3a, 0xff], "vigie.yaml")).Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said() =>
        Assert.StartsWith("other.yaml: cannot be read", Assert.Throws<InvalidInputException>(() => Server.Settings.Read<TrialOptions>(new SettingSources { File = Path.Combine(folder, "other.yaml"), FileName = "other.yaml" })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_wrong_variable_and_a_wrong_flag_are_named()
    {
        Assert.Equal("VIGIE__LINK__MAX_RETRIES: link.max_retries is 'x'; expected a whole number", Wrong(new SettingSources { Environment = new Dictionary<string, string> { ["VIGIE__LINK__MAX_RETRIES"] = "x" } }));
        Assert.StartsWith("VIGIE__LNK__ADDRESS: there is no setting lnk; did you mean link?", Wrong(new SettingSources { Environment = new Dictionary<string, string> { ["VIGIE__LNK__ADDRESS"] = "x" } }), StringComparison.Ordinal);
        Assert.Equal("--set: wait is 'x'; expected " + Duration.Form, Wrong(new SettingSources { Flags = [SettingFlag.Parse("wait=x")] }));
        Assert.Equal(("note", "a=b"), (SettingFlag.Parse("note=a=b").Path, SettingFlag.Parse("note=a=b").Text));
        Assert.DoesNotContain("hush", Assert.Throws<InvalidInputException>(() => SettingFlag.Parse("=hush")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_out_of_range_is_said_with_its_place_and_without_secrets()
    {
        Settings<TrialOptions> read = Read("link:\n  max_retries: 99\n  password: sesame-17\n");
        static void Fail(string message) => throw new InvalidInputException(message);

        Assert.Equal("link.max_retries is 99; expected 0 to 10 (from vigie.yaml:2)", Assert.Throws<InvalidInputException>(() => read.Check(() => Fail("link.max_retries is 99; expected 0 to 10"))).Message);
        Assert.Equal("share is 7; expected 0 to 1", Assert.Throws<InvalidInputException>(() => read.Check(() => Fail("share is 7; expected 0 to 1"))).Message);
        Assert.Equal("link.password is too short: *** (from vigie.yaml:3)", Assert.Throws<InvalidInputException>(() => read.Check(() => Fail("link.password is too short: sesame-17"))).Message);
    }

    [Fact]
    public void A_secret_is_shown_nowhere()
    {
        Settings<TrialOptions> read = Read("link: { password: sesame-17 }");
        Assert.Equal(EffectiveSetting.Mask, read.Effective.Single(setting => setting.Path == "link.password").Value);
        Assert.DoesNotContain(read.Effective, setting => setting.Value.Contains("sesame", StringComparison.Ordinal));
        Assert.DoesNotContain("sesame", Assert.Throws<InvalidInputException>(() => Read("link: { password: [sesame-17] }")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_can_stand_in_a_file_of_its_own()
    {
        string secret = Path.Combine(folder, "secret");
        File.WriteAllText(secret, "sesame-17\n");
        Assert.Equal("sesame-17", Read($"link: {{ password_file: {secret} }}").Options.Link.Password);
        Assert.Equal("sesame-17", Server.Settings.Read<TrialOptions>(new SettingSources { File = Write("link: { password: other }"), Environment = new Dictionary<string, string> { ["VIGIE__LINK__PASSWORD_FILE"] = secret } }).Options.Link.Password);
        Assert.Equal("other", Server.Settings.Read<TrialOptions>(new SettingSources { File = Write($"link: {{ password_file: {secret} }}"), Flags = [SettingFlag.Parse("link.password=other")] }).Options.Link.Password);

        Assert.Contains("are both said", Assert.Throws<InvalidInputException>(() => Read($"link: {{ password: a, password_file: {secret} }}")).Message, StringComparison.Ordinal);
        Assert.Contains("link.password_file: cannot be read", Assert.Throws<InvalidInputException>(() => Read("link: { password_file: /nowhere/at/all }")).Message, StringComparison.Ordinal);
        Assert.Contains("there is no setting name_file", Assert.Throws<InvalidInputException>(() => Read($"name_file: {secret}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_is_nobody_elses()
    {
        TrialOptions first = Read("link: { max_retries: 9 }").Options, second = Read("").Options;
        Assert.Equal((9, 2, 2), (first.Link.MaxRetries, second.Link.MaxRetries, new TrialOptions().Link.MaxRetries));
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("7d", 604_800)]
    [InlineData("1d2h3m4s5ms", 93_784.005)]
    public void Lengths_of_time_are_read_and_written(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan value));
        Assert.Equal(seconds, value.TotalSeconds, 9);
        Assert.True(Duration.TryParse(Duration.Format(value), out TimeSpan again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("5m1h")]
    [InlineData("5s5s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999d")]
    [InlineData("00:05:00")]
    public void Other_texts_are_no_lengths_of_time(string text) => Assert.False(Duration.TryParse(text, out _));

    private Settings<TrialOptions> Read(string text) => Server.Settings.Read<TrialOptions>(new SettingSources { File = Write(text), FileName = "vigie.yaml" });

    private static string Wrong(SettingSources sources) => Assert.Throws<InvalidInputException>(() => Server.Settings.Read<TrialOptions>(sources)).Message;

    private string Write(string text)
    {
        string path = Path.Combine(folder, "vigie.yaml");
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }
}
