namespace Vigie.Mlflow.Tests;

/// <summary>Search of runs, beside a plain reading of the same question over all runs in memory.</summary>
public sealed class RunSearchTests
{
    private static readonly string[] Comparisons =
    [
        "metrics.f1 > 0.5", "metrics.f1 < 0.02", "metrics.f1 != 0", "metrics.f1 is null", "metrics.f1 >= 0.99", "metric.never > 0", "metrics.`odd metric` <= -1", "metrics.f1 = 0.25",
        "params.C = '1'", "params.C != '1'", "params.seed = '17'", "params.model LIKE '%e%'", "params.model ILIKE 'T%T_R'", "param.lowercase = 'TRUE'", "params.nothing is null",
        "tags.mlflow.user = 'user3'", "tags.mlflow.user != 'user3'", "tags.odd like 'a*[%'", "tags.odd = 'é''\"\\'", "tags.odd is not null", "tags.odd like '%\\%'", "tags.odd ilike 'A%'",
        "attributes.start_time >= 1700000100000", "start_time < 1700000050000.5", "attributes.end_time is null", "status != 'FINISHED'", "status IN ('FINISHED', 'KILLED')", "status NOT IN ('FINISHED')",
        "run_name = 'run-12'", "attributes.`Run name` LIKE 'run-1%'", "run_name IN ('run-3', 'run-9')", "user_id = 'team'", "run_id = 'odd0'", "run_id in ('odd0', 'odd1', 'nobody')", "run_id != 'odd0'",
        "dataset.name = 'tweets'", "dataset.digest IN ('d1')", "datasets.context LIKE 'tr%'", "dataset.name != 'tweets'",
    ];

    private static readonly string[] Keys =
        ["metrics.f1", "metrics.f1", "metrics.`odd metric`", "metrics.never", "params.C", "params.seed", "tags.odd", "attributes.start_time", "end_time", "run_name", "run_id", "status", "user_id", "duration", "experiment_id"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Answers_are_those_of_a_plain_reading_whatever_is_asked(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using Database database = await test.OpenAsync();
        string[] experiments = [await SampleRuns.AddAsync(database, "one", 140, 1, Cancel), await SampleRuns.AddAsync(database, "two", 60, 2, Cancel), await SampleRuns.AddAsync(database, "none", 0, 3, Cancel)];
        await OddRunsAsync(database, experiments[0]);
        var search = new RunSearch(database);
        Run[] all = [.. (await search.SearchAsync(experiments, new Search { MaxResults = 5000 }, "ALL", Cancel)).Items];
        Assert.Equal(206, all.Length);

        for (int question = 0; question < (kind == "sqlite" ? 400 : 80); question++) // PostgreSQL answers the same texts, and takes longer over it
        {
            Asked asked = Draw(new Random(question));
            string[] scope = [.. experiments.Take(asked.Experiments)];
            string[] expected = [.. PlainSearch.Find(all, scope, asked.Filter, asked.Order, asked.View).Select(run => run.Info.RunId)];
            var found = new List<string>();
            string? token = null;
            do
            {
                Page<Run> page = await search.SearchAsync(scope, new Search { Filter = asked.Filter, OrderBy = asked.Order, MaxResults = asked.PageSize, PageToken = token }, asked.View, Cancel);
                Assert.True(page.Items.Count == asked.PageSize || page.NextPageToken is null);
                found.AddRange(page.Items.Select(run => run.Info.RunId));
                token = page.NextPageToken;
            }
            while (token is not null);
            Assert.True(
                expected.SequenceEqual(found),
                $"question {question}: {asked.Filter} | {string.Join(", ", asked.Order)} | {asked.View} of {asked.Experiments}: expected {expected.Length}, found {found.Count}");
            var list = new RunList(database, await search.ListAsync(scope, new Search { Filter = asked.Filter, OrderBy = asked.Order }, asked.View, Cancel));
            Assert.Equal(expected.Length, list.Count);
            int from = expected.Length / 2; // any place at once
            Assert.Equal(expected.Skip(from).Take(9), (await list.ReadAsync(from, 9, Cancel)).Select(run => run.Info.RunId));
            Assert.Empty(await list.ReadAsync(expected.Length, 9, Cancel));
        }
    }

    private static Asked Draw(Random random)
    {
        string[] comparisons = random.GetItems(Comparisons, random.Next(4)), order = random.GetItems(Keys, random.Next(4));
        return new Asked(
            string.Join(" AND ", comparisons), [.. order.Distinct().Select(key => key + random.GetItems(["", " ASC", " DESC"], 1)[0])],
            random.GetItems(["ACTIVE_ONLY", "ACTIVE_ONLY", "DELETED_ONLY", "ALL"], 1)[0], random.Next(1, 4), random.GetItems([7, 40, 100, 1000], 1)[0]);
    }

    /// <summary>Runs that lack things, or have strange ones.</summary>
    private static async Task OddRunsAsync(Database database, string experiment)
    {
        await database.WriteAsync(
            async session =>
            {
                long metric = await session.ScalarAsync<long>("INSERT INTO metric_keys (name) VALUES ('odd metric') RETURNING id");
                for (int i = 0; i < 6; i++)
                {
                    long run = await session.ScalarAsync<long>(
                        "INSERT INTO runs (run_id, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage) VALUES (@id, @e, NULL, NULL, @status, @start, NULL, '', @stage) RETURNING id",
                        ("@id", $"odd{i}"), ("@e", long.Parse(experiment, System.Globalization.CultureInfo.InvariantCulture)), ("@status", RunStatus.All[i % 5]), ("@start", SampleRuns.FirstStart + 50_000L),
                        ("@stage", i < 4 ? "active" : "deleted"));
                    string[] odd = ["a*[b", "é'\"\\", "A\u4e2d", "a%", "100\\", new string('x', 300)];
                    await session.ExecuteAsync("INSERT INTO tags (run, key, value) VALUES (@run, 'odd', @value)", ("@run", run), ("@value", odd[i]));
                    await session.ExecuteAsync("INSERT INTO params (run, key, value) VALUES (@run, 'C', @value)", ("@run", run), ("@value", i == 5 ? new string('x', 300) : "1"));
                    if (i == 2) continue;
                    await session.ExecuteAsync(
                        "INSERT INTO latest_metrics (run, key_id, experiment_id, value, is_nan, timestamp, step) VALUES (@run, @key, @e, @value, @nan, 0, 0)",
                        ("@run", run), ("@key", metric), ("@e", long.Parse(experiment, System.Globalization.CultureInfo.InvariantCulture)), ("@value", i == 3 ? 0.0 : -double.MaxValue), ("@nan", i == 3 ? 1 : 0));
                    long dataset = await session.ScalarAsync<long>(
                        "INSERT INTO datasets (experiment_id, name, digest, source_type, source) VALUES (@e, @name, @digest, 'local', '{}') RETURNING id",
                        ("@e", long.Parse(experiment, System.Globalization.CultureInfo.InvariantCulture)), ("@name", i == 0 ? "tweets" : "other"), ("@digest", $"d{i}"));
                    await session.ExecuteAsync("INSERT INTO run_datasets (run, dataset_id) VALUES (@run, @dataset)", ("@run", run), ("@dataset", dataset));
                    await session.ExecuteAsync(
                        "INSERT INTO run_dataset_tags (run, dataset_id, key, value) VALUES (@run, @dataset, 'mlflow.data.context', 'train')", ("@run", run), ("@dataset", dataset));
                }
            },
            Cancel);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_run_comes_with_all_it_logged(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using Database database = await test.OpenAsync();
        string experiment = await SampleRuns.AddAsync(database, "one", 20, 1, Cancel);
        await OddRunsAsync(database, experiment);

        Page<Run> page = await new RunSearch(database).SearchAsync([experiment], new Search { Filter = "run_name = 'run-7' ", OrderBy = ["metrics.f1"] }, "ACTIVE_ONLY", Cancel);
        Run run = Assert.Single(page.Items);
        Assert.Null(page.NextPageToken);
        Assert.Equal(["accuracy", "f1", "loss", "seconds", "val_loss"], run.Data.Metrics.Select(metric => metric.Key));
        Assert.True(double.IsNaN(run.Data.Metrics[1].Value));
        Assert.Equal(["C", "batch_size", "epochs", "lowercase", "model", "seed"], run.Data.Params.Select(param => param.Key));
        Assert.Contains(new Tag("mlflow.runName", "run-7"), run.Data.Tags);
        Assert.Equal(("run-7", experiment, "FINISHED", SampleRuns.FirstStart + 7_000), (run.Info.RunName, run.Info.ExperimentId, run.Info.Status, run.Info.StartTime));

        Run odd = Assert.Single((await new RunSearch(database).SearchAsync([experiment], new Search { Filter = "run_id = 'odd0'" }, "ALL", Cancel)).Items);
        DatasetInput input = Assert.Single(odd.Inputs!.DatasetInputs);
        Assert.Equal(("tweets", "d0"), (input.Dataset.Name, input.Dataset.Digest));
        Assert.Equal([new Tag("mlflow.data.context", "train")], input.Tags);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Pages_neither_repeat_nor_lose_runs_while_others_arrive(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using Database database = await test.OpenAsync();
        string experiment = await SampleRuns.AddAsync(database, "one", 50, 1, Cancel);
        var search = new RunSearch(database);
        var asked = new Search { OrderBy = ["metrics.f1 DESC"], MaxResults = 20 };
        Page<Run> first = await search.SearchAsync([experiment], asked, "ACTIVE_ONLY", Cancel);
        await database.WriteAsync(session => session.ExecuteAsync("UPDATE latest_metrics SET value = 99 WHERE run IN (SELECT id FROM runs WHERE run_id = @id)", ("@id", first.Items[3].Info.RunId)), Cancel);

        Page<Run> second = await search.SearchAsync([experiment], asked with { PageToken = first.NextPageToken }, "ACTIVE_ONLY", Cancel);

        Assert.Equal(40, first.Items.Concat(second.Items).Select(run => run.Info.RunId).Distinct().Count());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_token_of_another_question_or_another_hand_is_refused(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using Database database = await test.OpenAsync();
        string experiment = await SampleRuns.AddAsync(database, "one", 20, 1, Cancel);
        var search = new RunSearch(database);
        var asked = new Search { OrderBy = ["metrics.f1 DESC"], MaxResults = 5 };
        string token = (await search.SearchAsync([experiment], asked, "ACTIVE_ONLY", Cancel)).NextPageToken!;
        string forged = PageToken.Write(PageQuery.Question("runs", null, asked.OrderBy, [experiment, "ACTIVE_ONLY"]), ["0; DROP TABLE runs", 1.0, 2L, "x"]);

        foreach ((Search other, string view) in new[]
        {
            (asked with { PageToken = token, Filter = "metrics.f1 > 0" }, "ACTIVE_ONLY"), (asked with { PageToken = token, OrderBy = ["metrics.f1"] }, "ACTIVE_ONLY"), (asked with { PageToken = token }, "ALL"),
            (asked with { PageToken = token[..^1] }, "ACTIVE_ONLY"), (asked with { PageToken = (token[0] == 'B' ? "C" : "B") + token[1..] }, "ACTIVE_ONLY"), (asked with { PageToken = "é" }, "ACTIVE_ONLY"),
            (asked with { PageToken = "eyJvZmZzZXQiOiA1fQ==" }, "ACTIVE_ONLY"), (asked with { PageToken = forged }, "ACTIVE_ONLY"), (asked with { PageToken = new string('A', 1_000_000) }, "ACTIVE_ONLY"),
        })
            Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => search.SearchAsync([experiment], other, view, Cancel))).Code);
        Assert.Equal(5, (await search.SearchAsync([experiment], asked with { PageToken = token }, "ACTIVE_ONLY", Cancel)).Items.Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_a_client_writes_never_becomes_a_query(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using Database database = await test.OpenAsync();
        string experiment = await SampleRuns.AddAsync(database, "one", 5, 1, Cancel);
        var search = new RunSearch(database);
        foreach (string text in NaughtyStrings.Texts.Where((_, i) => kind == "sqlite" || i % 6 == 0).Append("x'); DROP TABLE runs; --").Append("' OR 1=1 --").Where(text => text.Length <= 8_000))
        {
            string key = text.Replace("`", "``", StringComparison.Ordinal), value = text.Replace("'", "''", StringComparison.Ordinal);
            foreach (string filter in new[] { text, $"tags.`{key}` = '{value}'", $"params.`{key}` LIKE '{value}'", $"metrics.`{key}` > 1", $"run_name ILIKE '%{value}'", $"status IN ('{value}')", $"dataset.name = '{value}'" })
            {
                foreach (string[] order in new string[][] { [], [$"tags.`{key}` DESC", $"metrics.`{key}`"] })
                {
                    try
                    {
                        Page<Run> page = await search.SearchAsync([experiment], new Search { Filter = filter, OrderBy = order, MaxResults = 10 }, "ALL", Cancel);
                        if (!string.IsNullOrWhiteSpace(filter) && !filter.Contains("'%", StringComparison.Ordinal)) Assert.DoesNotContain(page.Items, run => !run.Data.Tags.Any(tag => tag.Value == text));
                    }
                    catch (MlflowException refused)
                    {
                        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
                    }
                }
            }
        }

        Assert.Equal(5, (await search.SearchAsync([experiment], new Search(), "ALL", Cancel)).Items.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(50_001)]
    public async Task A_page_size_out_of_range_is_refused(int size)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync("sqlite");
        await using Database database = await test.OpenAsync();
        Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => new RunSearch(database).SearchAsync(["0"], new Search { MaxResults = size }, "ALL", Cancel))).Code);
    }

    [Fact]
    public async Task Scopes_that_name_nothing_find_nothing_and_wrong_ones_are_refused()
    {
        await using TestDatabase test = await TestDatabases.CreateAsync("sqlite");
        await using Database database = await test.OpenAsync();
        var search = new RunSearch(database);
        Assert.Empty((await search.SearchAsync([], new Search(), "ALL", Cancel)).Items);
        Assert.Empty((await search.SearchAsync([.. Enumerable.Range(1, 3_000).Select(id => $"{id}")], new Search { OrderBy = ["metrics.f1"] }, "ALL", Cancel)).Items);
        await Assert.ThrowsAsync<MlflowException>(() => search.SearchAsync(["x"], new Search(), "ALL", Cancel));
        await Assert.ThrowsAsync<MlflowException>(() => search.SearchAsync(["1"], new Search(), "SOME", Cancel));
    }

    private sealed record Asked(string Filter, string[] Order, string View, int Experiments, int PageSize);
}
