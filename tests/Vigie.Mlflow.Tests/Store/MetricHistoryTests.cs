namespace Vigie.Mlflow.Tests;

public sealed class MetricHistoryTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_history_is_ordered_by_time_step_and_value_and_its_pages_join(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        Metric[] ordered =
        [
            new("m", double.NegativeInfinity, 1, -5), new("m", 0.1, 1, 2), new("m", 0, 2, 0), new("m", double.NaN, 2, 0), new("m", 4, 2, 0), new("m", double.Epsilon, 3, 0), new("m", 1.0 / 3, 3, 1),
        ];
        await store.Runs.LogBatchAsync(run, [.. ordered.Reverse(), new Metric("other", 1, 1)], [], []);

        Metric[] expected = [ordered[0] with { Value = double.MinValue }, .. ordered[1..]];
        Assert.Equal(expected, (await store.Runs.MetricHistoryAsync(run, "m")).Items);
        var joined = new List<Metric>();
        string? token = null;
        do
        {
            Page<Metric> page = await store.Runs.MetricHistoryAsync(run, "m", 2, token);
            Assert.True(page.Items.Count is 1 or 2);
            joined.AddRange(page.Items);
            token = page.NextPageToken;
        }
        while (token is not null);
        Assert.Equal(expected, joined);
        Assert.Null((await store.Runs.MetricHistoryAsync(run, "m", 7)).NextPageToken);
        Assert.Empty((await store.Runs.MetricHistoryAsync(run, "never")).Items);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_token_of_another_question_is_refused(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId, other = (await store.Runs.CreateAsync("0")).Info.RunId;
        foreach (string id in new[] { run, other }) await store.Runs.LogBatchAsync(id, [new Metric("m", 1, 1), new Metric("m", 2, 2), new Metric("n", 1, 1)], [], []);
        string token = (await store.Runs.MetricHistoryAsync(run, "m", 1)).NextPageToken!;

        await Refused(ErrorCode.InvalidParameterValue, store.Runs.MetricHistoryAsync(other, "m", 1, token));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.MetricHistoryAsync(run, "n", 1, token));
        foreach (string wrong in new[] { "x", "%%%", token[..^1], token + "A", "é", "AAAA" })
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.MetricHistoryAsync(run, "m", 1, wrong));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.MetricHistoryAsync(run, "m", 0));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Runs.MetricHistoryAsync("none", "m"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Histories_of_several_runs_come_together_and_can_be_sampled(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string[] runs = [(await store.Runs.CreateAsync("0")).Info.RunId, (await store.Runs.CreateAsync("0")).Info.RunId];
        await store.Runs.LogBatchAsync(runs[0], [.. Enumerable.Range(0, 101).Select(i => new Metric("m", i, 1000 - i, i))], [], []);
        await store.Runs.LogBatchAsync(runs[1], [.. Enumerable.Range(0, 3).Select(i => new Metric("m", i, i, i))], [], []);

        IReadOnlyList<Metric> all = await store.Runs.MetricHistoryAsync([.. runs, "none"], "m", 25_000);
        Assert.Equal(104, all.Count);
        Assert.Equal(all.OrderBy(metric => metric.RunId, StringComparer.Ordinal).ThenBy(metric => metric.Timestamp), all);
        Assert.Equal(5, (await store.Runs.MetricHistoryAsync(runs, "m", 5)).Count);

        ILookup<string?, long> sampled = (await store.Runs.MetricHistorySampledAsync(runs, "m", null, null, 5)).ToLookup(metric => metric.RunId, metric => metric.Step);
        Assert.Equal([0, 25, 50, 75, 100], sampled[runs[0]]);
        Assert.Equal([0, 1, 2], sampled[runs[1]]);
        Assert.Equal([10, 13, 16, 20], (await store.Runs.MetricHistorySampledAsync([runs[0]], "m", 10, 20, 4)).Select(metric => metric.Step));
        Assert.Equal([100], (await store.Runs.MetricHistorySampledAsync([runs[0]], "m", null, null, 1)).Select(metric => metric.Step));
        Assert.Equal([0, 100], (await store.Runs.MetricHistorySampledAsync([runs[0]], "m", null, null, 2)).Select(metric => metric.Step));
        for (int most = 2; most <= 102; most++)
        {
            long[] steps = [.. (await store.Runs.MetricHistorySampledAsync([runs[0]], "m", null, null, most)).Select(metric => metric.Step)];
            Assert.Equal(Enumerable.Range(0, Math.Min(most, 101)).Select(k => most > 101 ? k : (long)k * 100 / (most - 1)), steps);
        }

        await Refused(ErrorCode.InvalidParameterValue, store.Runs.MetricHistorySampledAsync(runs, "m", 3, 2, 5));
    }

    private static async Task Refused(string code, Task call) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(() => call)).Code);
}
