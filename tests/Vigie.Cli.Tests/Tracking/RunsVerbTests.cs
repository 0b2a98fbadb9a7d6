using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vigie.Cli.Tests.Tracking;

public sealed class RunsVerbTests(TrackedFolder folder) : IClassFixture<TrackedFolder>
{
    private string Bayes => TrackedFolder.IdOf(folder.Bayes);

    private string Logistic => TrackedFolder.IdOf(folder.Logistic);

    private string Fast => TrackedFolder.IdOf(folder.Fast);

    [Fact]
    public void The_newest_comes_first()
    {
        JsonElement[] runs = [.. folder.Json("runs", "list").GetProperty("runs").EnumerateArray()];

        Assert.Equal([Fast, Logistic, Bayes], runs.Select(Id));
        Assert.All(runs, run => Assert.True(JsonElement.DeepEquals(run.GetProperty("metrics"), folder.Json("runs", "show", Id(run)).GetProperty("metrics"))));
        Assert.Equal(TrackedFolder.OddName, runs[2].GetProperty("run_name").GetString());
    }

    [Fact]
    public void Filters_order_experiments_and_a_limit_choose()
    {
        Assert.Equal([Logistic], Listed("--filter", "params.recipe = 'tfidf-lr' AND metrics.f1_macro > 0.1"));
        Assert.Equal([Fast], Listed("--experiment", "speed"));
        Assert.Equal([Fast, Logistic, Bayes], Listed("--experiment", "speed", "--experiment", "sentiment"));
        Assert.Equal([Fast, Logistic], Listed("--max", "2"));
        Assert.Empty(Listed("--filter", "metrics.f1_macro > 1"));
        Assert.Equal([Bayes, Logistic, Fast], Listed("--order-by", "attributes.start_time ASC"));
        var byF1 = new[] { (Bayes, folder.Bayes), (Logistic, folder.Logistic), (Fast, folder.Fast) }.OrderByDescending(pair => pair.Item2.GetProperty("test").GetProperty("f1_macro").GetDouble()).Select(pair => pair.Item1);
        Assert.Equal(byF1, Listed("--order-by", "metrics.f1_macro DESC", "--max", "3"));
    }

    [Fact]
    public void People_get_a_table_of_short_ids()
    {
        string[] lines = folder.Session.Run("runs", "list").Out.Split('\n');

        Assert.Contains(lines, line => line.Contains(Fast[..8], StringComparison.Ordinal) && line.Contains("speed", StringComparison.Ordinal) && line.Contains("linear-fast", StringComparison.Ordinal) && line.Contains("finished", StringComparison.Ordinal));
        Assert.DoesNotContain(Fast, string.Concat(lines), StringComparison.Ordinal);
        Assert.Contains("that fit", folder.Session.Run("runs", "list", "--filter", "metrics.f1_macro > 1").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_shown_by_the_first_digits_of_its_id()
    {
        Assert.Equal(Logistic, Id(folder.Json("runs", "show", Logistic[..8].ToUpperInvariant())));
        string shown = folder.Session.Run("runs", "show", Logistic).Out;

        foreach (string part in new[] { Logistic, "sentiment", "tfidf-lr", "f1_macro", "vigie.digest", "tweets.csv" }) Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_is_none_or_fits_none_is_refused()
    {
        string free = Enumerable.Range(0, 100).Select(i => $"{i:x4}").First(start => new[] { Bayes, Logistic, Fast }.All(id => !id.StartsWith(start, StringComparison.Ordinal)));

        Assert.Contains("no run of", folder.Refusal("runs", "show", free), StringComparison.Ordinal);
        Assert.Contains("give its id, or the first 4 digits", folder.Refusal("runs", "show", Logistic[..3]), StringComparison.Ordinal);
        Assert.Contains("give its id, or the first 4 digits", folder.Refusal("runs", "show", "' OR 1"), StringComparison.Ordinal);
        Assert.Contains("not found", folder.Refusal("runs", "show", new string('0', 32)), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("filter", folder.Refusal("runs", "list", "--filter", "f1 >"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("there are speed, sentiment, Default", folder.Refusal("runs", "list", "--experiment", "moods"), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_compared_side_by_side_in_the_order_given()
    {
        JsonElement compared = folder.Json("runs", "compare", Logistic[..8], Bayes[..8]);
        JsonElement differ = compared.GetProperty("params_that_differ");

        Assert.Equal([Logistic, Bayes], compared.GetProperty("runs").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(["tfidf-lr", "tfidf-nb"], differ.GetProperty("recipe").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(["5", "1"], differ.GetProperty("seed").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(JsonValueKind.Null, differ.GetProperty("C")[1].ValueKind); // a setting that the other recipe does not have
        Assert.False(differ.TryGetProperty("data", out _));
        Assert.Equal(
            new[] { folder.Logistic, folder.Bayes }.Select(trained => trained.GetProperty("test").GetProperty("f1").GetDouble()),
            compared.GetProperty("metrics").GetProperty("f1").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Contains("their params are the same", folder.Session.Run("runs", "compare", Bayes, Bayes).Out, StringComparison.Ordinal);
        Assert.Contains("f1_macro", folder.Session.Run("runs", "compare", Bayes, Fast).Out, StringComparison.Ordinal);
        folder.Refusal("runs", "compare", Bayes);
    }

    [Fact]
    public void A_csv_export_gives_back_every_value()
    {
        JsonElement said = folder.Json("runs", "export", "--output", "exports/runs.csv");
        string[][] table = Csv(File.ReadAllText(folder.At("exports/runs.csv")));

        Assert.Equal(3, said.GetProperty("runs").GetInt32());
        Assert.All(table, row => Assert.Equal(table[0].Length, row.Length));
        JsonElement[] runs = [.. folder.Json("runs", "list").GetProperty("runs").EnumerateArray()];
        Assert.Equal(runs.Select(Id), table[1..].Select(row => row[0]));
        Assert.Equal(TrackedFolder.OddName, table[3][1]);
        for (int column = 6; column < table[0].Length; column++)
        {
            (string kind, string key) = (table[0][column].Split('.')[0], table[0][column].Split('.', 2)[1]);
            for (int i = 0; i < runs.Length; i++)
            {
                string cell = table[i + 1][column];
                if (!runs[i].GetProperty(kind).TryGetProperty(key, out JsonElement value)) Assert.Equal("", cell);
                else if (kind == "metrics") Assert.Equal(value.GetDouble(), double.Parse(cell, CultureInfo.InvariantCulture));
                else Assert.Equal(value.GetString(), cell);
            }
        }

        Assert.Equal(["runs.csv"], Directory.GetFiles(folder.At("exports")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_json_lines_export_holds_what_list_shows()
    {
        folder.Json("runs", "export", "--output", "runs.jsonl", "--experiment", "sentiment", "--order-by", "params.recipe");
        JsonElement[] lines = [.. File.ReadAllLines(folder.At("runs.jsonl")).Select(line => JsonElement.Parse(line))];

        Assert.Equal([Logistic, Bayes], lines.Select(Id));
        Assert.All(folder.Json("runs", "list", "--experiment", "sentiment").GetProperty("runs").EnumerateArray(), run => Assert.Contains(lines, line => JsonElement.DeepEquals(line, run)));
    }

    [Fact]
    public async Task More_runs_than_fit_a_page_are_all_found()
    {
        string database = folder.At("many/vigie.db");
        await using (Mlflow.Database many = await Mlflow.Database.OpenAsync(database, TimeProvider.System, TestContext.Current.CancellationToken))
            await Mlflow.SampleRuns.AddAsync(many, "many", 2_100, seed: 1, TestContext.Current.CancellationToken);
        CliSession session = folder.Session with { Variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = $"sqlite:///{database}" } };

        Assert.Equal(2_100, session.Run("runs", "export", "--output", "many.jsonl", "--json").Json.GetProperty("runs").GetInt32());
        Assert.Equal(2_100, File.ReadAllLines(folder.At("many.jsonl")).Select(line => Id(JsonElement.Parse(line))).Distinct().Count());
        Assert.Equal(1_050, session.Run("runs", "list", "--max", "1050", "--json").Json.GetProperty("runs").EnumerateArray().Select(Id).Distinct().Count());
    }

    private static string Id(JsonElement run) => run.GetProperty("run_id").GetString()!;

    private string[] Listed(params string[] options) => [.. folder.Json(["runs", "list", .. options]).GetProperty("runs").EnumerateArray().Select(Id)];

    /// <summary>RFC 4180, read letter by letter.</summary>
    private static string[][] Csv(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (quoted || (c is not ',' and not '\n')) field.Append(c);
            else
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == ',') continue;
                rows.Add([.. row]);
                row.Clear();
            }
        }

        Assert.False(quoted);
        return [.. rows];
    }
}
