namespace Vigie.Mlflow.Tests;

public sealed class FilterTests
{
    [Fact]
    public void Comparisons_are_read_in_all_their_spellings()
    {
        IReadOnlyList<Comparison> read = Filter.Parse(
            """"
            metrics.f1 > 0.79 and params.`my key` = 'it''s' AND tags."a ""b""" LIKE '%x_'
              AND attributes.start_time >= 1664067852747 And run_id in ('a', "b",'a') AND dataset.name NOT IN ('t')
              and attr.status != "FAILED" AND param.a.b-c/d ilike 'é%' AND tag.mlflow.parentRunId is not null AND `metric`.`x` is null AND metric.y < -1e-3
            """",
            RunSearch.Vocabulary);

        Assert.Equal(
            ["Metric f1 >", "Param my key =", "Tag a \"b\" LIKE", "Attribute start_time >=", "Attribute run_id IN", "Dataset name NOT IN", "Attribute status !=", "Param a.b-c/d ILIKE",
                "Tag mlflow.parentRunId IS NOT NULL", "Metric x IS NULL", "Metric y <"],
            read.Select(comparison => $"{comparison.Field} {comparison.Key} {comparison.Operator}"));
        Assert.Equal([0.79, "it's", "%x_", 1664067852747L, null, null, "FAILED", "é%", null, null, -0.001], read.Select(comparison => comparison.Value is string[]? null : comparison.Value));
        Assert.Equal(["a", "b"], Assert.IsType<string[]>(read[4].Value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void Nothing_asked_is_all(string? filter) => Assert.Empty(Filter.Parse(filter, RunSearch.Vocabulary));

    [Theory]
    [InlineData("metrics.f1 >", 13, "expected a number")]
    [InlineData("metrics.f1 > 'a'", 14, "number")]
    [InlineData("metrics.f1 > 0x1", 14, "no number")]
    [InlineData("metrics.f1 > 1e999", 14, "no number")]
    [InlineData("metrics.f1 LIKE 'a'", 12, "LIKE cannot be used here")]
    [InlineData("params.C = 1", 12, "in quotes")]
    [InlineData("params.C = abc", 12, "in quotes")]
    [InlineData("params.C > '1'", 10, "> cannot be used here")]
    [InlineData("params.C IN ('1')", 10, "IN cannot be used here")]
    [InlineData("params.C = 'a", 12, "not closed")]
    [InlineData("params.`C = 'a'", 8, "not closed")]
    [InlineData("params. = 'a'", 1, "names no key")]
    [InlineData("tags.a = 'x' OR tags.b = 'y'", 14, "AND")]
    [InlineData("tags.a = 'x' AND", 17, "a key")]
    [InlineData("tags.a = 'x'; DROP TABLE runs", 13, "AND")]
    [InlineData("(tags.a = 'x')", 1, "a key")]
    [InlineData("bogus.a = 'x'", 1, "'bogus' cannot stand")]
    [InlineData("attributes.bogus = 'x'", 1, "no attribute 'bogus'")]
    [InlineData("dataset.bogus = 'x'", 1, "no 'bogus'")]
    [InlineData("run_id IN ()", 12, "in quotes")]
    [InlineData("run_id IN ('a' 'b')", 16, "comma")]
    [InlineData("run_id IN 'a'", 11, "list")]
    [InlineData("run_id NOT LIKE 'a'", 12, "expected IN")]
    [InlineData("start_time = '5'", 14, "number")]
    [InlineData("status == 'a'", 8, "written =")]
    [InlineData("status <> 'a'", 8, "written !=")]
    [InlineData("status", 7, "expected one of =")]
    [InlineData("tags.a = 'x\0'", 12, "U+0000")]
    public void A_wrong_filter_is_refused_with_its_place(string filter, int character, string reason)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => Filter.Parse(filter, RunSearch.Vocabulary));

        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
        Assert.Contains($"at character {character}:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_characters_are_refused() =>
        Assert.Contains("at character 12: U+D800", Assert.Throws<MlflowException>(() => Filter.Parse("tags.a = 'x\uD800'", RunSearch.Vocabulary)).Message, StringComparison.Ordinal);

    [Fact]
    public void Orders_are_read()
    {
        IReadOnlyList<OrderKey> read = Filter.ParseOrder(["metrics.`a b` desc", "start_time", "tag.x ASC", "`Run Name` DESC"], RunSearch.Vocabulary);

        Assert.Equal([new(Field.Metric, "a b", false), new(Field.Attribute, "start_time", true), new(Field.Tag, "x", true), new OrderKey(Field.Attribute, "Run Name", false)], read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("metrics.")]
    [InlineData("metrics.a DOWN")]
    [InlineData("metrics.a DESC, metrics.b")]
    [InlineData("metrics.a; DROP TABLE runs")]
    [InlineData("dataset.name")]
    [InlineData("bogus")]
    public void A_wrong_order_is_refused(string clause) =>
        Assert.Equal(ErrorCode.InvalidParameterValue, Assert.Throws<MlflowException>(() => Filter.ParseOrder([clause], RunSearch.Vocabulary)).Code);

    [Fact]
    public void A_key_ordered_by_twice_is_refused() => Assert.Throws<MlflowException>(() => Filter.ParseOrder(["metrics.a", "metric.a DESC"], RunSearch.Vocabulary));

    [Fact]
    public void Towers_of_anything_end_in_a_short_message()
    {
        foreach (string filter in new[]
        {
            new string('(', 100_000), new string('`', 99_999), new string('\'', 99_999), new string('a', 100_000), string.Concat(Enumerable.Repeat("NOT ", 25_000)),
            string.Join(" AND ", Enumerable.Repeat("tags.a = 'b'", 5_000)), "metrics." + new string('a', 100_000) + " > " + new string('9', 90_000), new string('a', 5_000_000),
            $"tags.a LIKE '{new string('%', 100_000)}'", "run_id IN (" + string.Concat(Enumerable.Repeat("'a', ", 20_000)),
        })
        {
            MlflowException refused = Assert.Throws<MlflowException>(() => Filter.Parse(filter, RunSearch.Vocabulary));
            Assert.True(refused.Message.Length < 500, refused.Message);
        }
    }

    [Theory, MemberData(nameof(NaughtyStrings.All), MemberType = typeof(NaughtyStrings))]
    public void Any_text_is_read_or_refused(int number)
    {
        string text = NaughtyStrings.Texts[number];
        foreach (string filter in new[] { text, $"tags.a = {text}", $"tags.`{text}` = 'a'", $"{text} = 'a'" })
        {
            try
            {
                Filter.Parse(filter, RunSearch.Vocabulary);
                Filter.ParseOrder([filter], RunSearch.Vocabulary);
            }
            catch (MlflowException refused)
            {
                Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
            }
        }

        if (text.Length is 0 or > 8_000 || text.Contains('\0', StringComparison.Ordinal) || text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD)) return;
        Comparison read = Assert.Single(Filter.Parse($"tags.`{text.Replace("`", "``", StringComparison.Ordinal)}` = '{text.Replace("'", "''", StringComparison.Ordinal)}'", RunSearch.Vocabulary));
        Assert.Equal((text, text), (read.Key, read.Text));
    }
}
