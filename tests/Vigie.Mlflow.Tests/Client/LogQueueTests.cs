using Microsoft.Extensions.Time.Testing;

using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

public sealed class LogQueueTests
{
    private readonly List<RunBatch> sent = [];
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task Accept(RunBatch batch, CancellationToken cancellation)
    {
        lock (sent) sent.Add(batch);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Everything_arrives_once_within_the_limits_of_a_batch()
    {
        await using var queue = new LogQueue(Accept, clock);
        for (int i = 0; i < 2500; i++) queue.Add(new Metric("loss", i, 0, i));
        for (int i = 0; i < 250; i++) queue.Add(new Param($"p{i}", "1"));
        for (int i = 0; i < 250; i++) queue.Add(new Tag($"t{i}", "1"));

        await queue.FlushAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 2500).Select(i => (long)i), sent.SelectMany(batch => batch.Metrics).Select(metric => metric.Step));
        Assert.Equal(250, sent.SelectMany(batch => batch.Params).Distinct().Count());
        Assert.Equal(250, sent.Sum(batch => batch.Tags.Count));
        Assert.All(sent, batch =>
        {
            Assert.InRange(batch.Count, 1, Limits.BatchTotal);
            Assert.InRange(batch.Params.Count, 0, Limits.BatchParams);
            Assert.InRange(batch.Tags.Count, 0, Limits.BatchTags);
        });
    }

    [Fact]
    public async Task Values_of_one_tag_stay_in_their_order()
    {
        await using var queue = new LogQueue(Accept, clock);
        for (int i = 0; i < 20; i++) queue.Add(new Tag("state", $"{i}"));

        await queue.FlushAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), sent.SelectMany(batch => batch.Tags).Select(tag => tag.Value));
        Assert.All(sent, batch => Assert.Equal(batch.Tags.Count, batch.Tags.DistinctBy(tag => tag.Key).Count()));
    }

    [Fact]
    public async Task Only_what_is_refused_is_given_up_and_the_flush_says_so()
    {
        await using var queue = new LogQueue(
            (batch, cancellation) => batch.Params.Any(param => param.Value == "bad") ? throw MlflowException.Invalid("param C was 1") : Accept(batch, cancellation), clock);
        for (int i = 0; i < 90; i++) queue.Add(new Param($"p{i}", i == 41 ? "bad" : "good"));
        for (int i = 0; i < 300; i++) queue.Add(new Metric("loss", i, 0, i));
        queue.Add(new Tag("a", "b"));

        MlflowException refused = await Assert.ThrowsAsync<MlflowException>(() => queue.FlushAsync(Cancel));

        Assert.Equal("param C was 1", refused.Message);
        Assert.Equal((89, 300, 1), (sent.Sum(batch => batch.Params.Count), sent.Sum(batch => batch.Metrics.Count), sent.Sum(batch => batch.Tags.Count)));
        await queue.FlushAsync(Cancel);
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_store_is_away()
    {
        bool away = true;
        await using var queue = new LogQueue(
            (batch, cancellation) => away ? throw new MlflowException(ErrorCode.TemporarilyUnavailable, "no answer") : Accept(batch, cancellation), clock);
        for (int i = 0; i < 1500; i++) queue.Add(new Metric("loss", i, 0, i));

        MlflowException told = await Assert.ThrowsAsync<MlflowException>(() => queue.FlushAsync(Cancel));
        Assert.Contains("no answer", told.Message, StringComparison.Ordinal);
        Assert.Equal(1500, queue.Waiting);
        away = false;
        await queue.FlushAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 1500).Select(i => (long)i), sent.SelectMany(batch => batch.Metrics).Select(metric => metric.Step));
    }

    [Fact]
    public async Task A_store_that_comes_back_is_found_without_being_asked()
    {
        var arrived = new TaskCompletionSource();
        var failed = new TaskCompletionSource();
        int attempts = 0;
        await using var queue = new LogQueue((_, _) =>
        {
            if (++attempts == 1)
            {
                failed.SetResult();
                throw new MlflowException(ErrorCode.TemporarilyUnavailable, "no answer");
            }

            arrived.SetResult();
            return Task.CompletedTask;
        }, clock);
        queue.Add(new Tag("a", "b"));
        await failed.Task.WaitAsync(Cancel);

        while (!arrived.Task.IsCompleted)
        {
            clock.Advance(LogQueue.Pause);
            await Task.Delay(5, Cancel);
        }

        await queue.FlushAsync(Cancel);
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task A_fault_of_the_sender_reaches_who_flushes()
    {
        await using var queue = new LogQueue((_, _) => throw new InvalidDataException("broken"), clock);
        queue.Add(new Tag("a", "b"));

        MlflowException told = await Assert.ThrowsAsync<MlflowException>(() => queue.FlushAsync(Cancel));

        Assert.Contains("broken", told.Message, StringComparison.Ordinal);
    }
}
