using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class DataFileTests
{
    private const string Yaml = "# what is learnt\ntrain:\n  lr: 0.1 # slow\n  sizes:\n    - 1\n    - 2\n  name: \"nb\"\n  empty:\nlist: [1, 2]\nlast: x";

    private static DataValue Read(string name, string text) => DataFile.Read($"/repo/{name}", new FakeTexts((name, text)))!;

    private static string Change(string name, string text, string key, DataValue value) => DataFile.Change($"/repo/{name}", text, [new(key, value)]);

    [Theory]
    [InlineData("p.yaml", "a: 1\nb: 1.0\nc: 1e-3\nd: yes\ne: ~\nf: [x, 010, 0x10]\ng: {h: true}\n")]
    [InlineData("p.json", """{"a": 1, "b": 1.0, "c": 1e-3, "d": "yes", "e": null, "f": ["x", 10, 16], "g": {"h": true}}""")]
    public void Formats_hold_the_same_values(string name, string text) =>
        Assert.Equal("""{"a": 1, "b": 1.0, "c": 0.001, "d": "yes", "e": null, "f": ["x", 10, 16], "g": {"h": true}}""", PythonText.Json(Read(name, text)));

    [Fact]
    public void TOML_holds_tables_arrays_and_dotted_keys() =>
        Assert.Equal(
            """{"a": {"b": 1, "c": {"d": [1.5, "x"]}}, "t": [{"n": 1}, {"n": 2}], "when": "2024-05-06"}""",
            PythonText.Json(Read("p.toml", "a.b = 1\nwhen = 2024-05-06\n[a.c]\nd = [1.5, \"x\"]\n[[t]]\nn = 1\n[[t]]\nn = 2\n")));

    [Fact]
    public void Python_writes_JSON_numbers_that_JSON_has_not() =>
        Assert.Equal("""{"a": NaN, "b": [-Infinity, "NaN"]}""".Replace("\"NaN\"", "NaN", StringComparison.Ordinal), PythonText.Json(Read("m.json", """{"a": NaN, "b": [-Infinity, NaN]}""")));

    [Theory]
    [InlineData("m.json", "{\"a\": }", "m.json:1:7: not JSON")]
    [InlineData("m.json", "{\"a\": 1, \"a\": 2}", "not JSON")]
    [InlineData("m.toml", "a = \n", "m.toml:1:")]
    [InlineData("m.yaml", "a: [1\n", "not YAML")]
    [InlineData("m.py", "a = 1", "would have to be run")]
    public void What_cannot_be_parsed_is_refused_with_its_place(string name, string text, string message) =>
        Assert.Contains(message, Assert.Throws<PipelineException>(() => Read(name, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Keys_are_picked_as_the_lock_keeps_them()
    {
        DataMap picked = DataFile.Select(Read("p.yaml", Yaml), ["train.lr", "list", "none", "train.sizes.1", "train.empty"]);
        Assert.Equal(["train.lr", "list", "train.sizes.1", "train.empty"], picked.Entries.Select(entry => entry.Key));
        Assert.Equal(DataNothing.Instance, picked["train.empty"]);
    }

    public static TheoryData<string, string, string> Changes => new()
    {
        { "train.lr", "0.25", Yaml.Replace("0.1", "0.25", StringComparison.Ordinal) },
        { "train.sizes", "[3, 4]", Yaml.Replace("\n    - 1\n    - 2", " [3, 4]", StringComparison.Ordinal) },
        { "train.sizes[1]", "5", Yaml.Replace("- 2", "- 5", StringComparison.Ordinal) },
        { "train.name", "a b", Yaml.Replace("\"nb\"", "a b", StringComparison.Ordinal) },
        { "train.empty", "7", Yaml.Replace("empty:", "empty: 7", StringComparison.Ordinal) },
        { "list.0", "9", Yaml.Replace("[1, 2]", "[9, 2]", StringComparison.Ordinal) },
        { "last", "'true'", Yaml.Replace("last: x", "last: \"true\"", StringComparison.Ordinal) },
        { "train.new.deep", "1", Yaml.Replace("empty:", "empty:\n  new: {deep: 1}", StringComparison.Ordinal) },
        { "more", "1", Yaml + "\nmore: 1" },
        { "~train.lr", "", Yaml.Replace("  lr: 0.1 # slow\n", "", StringComparison.Ordinal) },
        { "~train.sizes", "", Yaml.Replace("  sizes:\n    - 1\n    - 2\n", "", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_value_is_changed_where_it_stands(string key, string value, string expected) =>
        Assert.Equal(expected, Change("p.yaml", Yaml, key, Read("v.yaml", value)));

    [Fact]
    public void JSON_and_TOML_stay_what_they_are()
    {
        Assert.Equal("{\n  \"a\": {\"b\": \"x y\", \"c\": [true]}\n}\n", DataFile.Change("p.json", "{\n  \"a\": {\"b\": 1}\n}\n", [new("a.b", new DataText("x y")), new("a.c", new DataList([new DataFlag(true)]))]));
        Assert.Equal("# t\n[a]\nb = 2.5 # here\nc = \"z\"\n", DataFile.Change("p.toml", "# t\n[a]\nb = 1.5 # here\nc = 'y'\n", [new("a.b", new DataReal(2.5)), new("a.c", new DataText("z"))]));
        Assert.Equal("{\"b\": 2}", Change("p.json", "{\"a\": 1, \"b\": 2}", "~a", DataNothing.Instance));
    }
}
