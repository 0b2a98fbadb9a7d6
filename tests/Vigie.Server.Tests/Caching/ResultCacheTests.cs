using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class ResultCacheTests : IAsyncLifetime
{
    private static readonly ServedModel Model = SmallModels.TwoClasses, Promoted = SmallModels.TwoClasses with { Digest = new string('7', 64) };

    private readonly FakeTimeProvider clock = new();
    private RunningServer server = null!;
    private ResultCache cache = null!;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(RunningServer.Unlimited with { Clock = clock, Cache = new CacheOptions { Models = CacheUse.All, Bytes = 1 << 20 } });
        cache = server.Get<ResultCache>();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_text_is_computed_once_however_many_ask_at_once()
    {
        var gate = new TaskCompletionSource();
        int computed = 0;
        async ValueTask<Outcome> Compute(int _)
        {
            Interlocked.Increment(ref computed);
            await gate.Task;
            return Some(0.75);
        }

        Task<(Outcome Outcome, bool Cached)>[] asked = [.. Enumerable.Range(0, 50).Select(_ => Task.Run(() => cache.GetAsync(Model, "a", false, 0, Compute, default).AsTask()))];
        using var gone = new CancellationTokenSource();
        await RedisProcess.Until(() => Task.FromResult(computed), count => count == 1, "one computes");
        Task<(Outcome, bool)> impatient = cache.GetAsync(Model, "a", false, 0, Compute, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();

        (Outcome Outcome, bool Cached)[] answers = await Task.WhenAll(asked);
        Assert.Equal(1, computed);
        Assert.Single(answers, answer => !answer.Cached);
        Assert.Single(answers.Select(answer => answer.Outcome).Distinct());
    }

    [Fact]
    public async Task Where_the_one_who_computes_leaves_those_who_wait_compute_themselves()
    {
        using var gone = new CancellationTokenSource();
        int computed = 0;
        async ValueTask<Outcome> Compute(CancellationToken cancellation)
        {
            Interlocked.Increment(ref computed);
            if (cancellation.CanBeCanceled) await Task.Delay(Timeout.Infinite, cancellation);
            return Some(0.75);
        }

        Task<(Outcome, bool)> leaves = cache.GetAsync(Model, "a", false, gone.Token, Compute, gone.Token).AsTask();
        Task<(Outcome Outcome, bool Cached)>[] stay = [.. Enumerable.Range(0, 5).Select(_ => cache.GetAsync(Model, "a", false, CancellationToken.None, Compute, default).AsTask())];
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.Single(await Task.WhenAll(stay), answer => !answer.Cached);
        Assert.Equal(2, computed);
    }

    [Fact]
    public async Task A_failure_reaches_all_who_wait_and_is_not_remembered()
    {
        var gate = new TaskCompletionSource<Outcome>();
        Task<(Outcome, bool)>[] asked = [.. Enumerable.Range(0, 5).Select(_ => cache.GetAsync(Model, "a", false, gate, static gate => new ValueTask<Outcome>(gate.Task), default).AsTask())];
        gate.SetException(new IOException("the model is ill"));
        foreach (Task<(Outcome, bool)> one in asked) await Assert.ThrowsAsync<IOException>(() => one);
        Assert.Equal((0.5, false), await AskAsync("a", 0.5));
    }

    [Fact]
    public async Task What_is_remembered_is_so_for_an_hour_by_model_text_and_kind()
    {
        Assert.Equal((0.5, false), await AskAsync("a", 0.5));
        Assert.Equal((0.5, true), await AskAsync("a", 0.1));
        Assert.Equal((0.1, false), await AskAsync("A", 0.1));
        Assert.Equal((0.2, false), await AskAsync("a", 0.2, Promoted));
        Assert.Equal((0.3, false), await AskAsync("a", 0.3, explained: true));
        clock.Advance(TimeSpan.FromMinutes(59.9));
        Assert.Equal((0.5, true), await AskAsync("a", 0.1));
        clock.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Equal((0.6, false), await AskAsync("a", 0.6));
    }

    [Fact]
    public async Task A_promotion_frees_what_the_old_model_said()
    {
        for (int i = 0; i < 100; i++) await AskAsync($"text {i}", 0.5);
        await AskAsync("a", 0.25, Promoted);
        var late = new TaskCompletionSource<Outcome>();
        Task<(Outcome, bool)> underWay = cache.GetAsync(Model, "late", false, late, static late => new ValueTask<Outcome>(late.Task), default).AsTask();
        Assert.Equal(101, cache.Count);

        server.Get<ModelHost>().Fix(Promoted, DateTimeOffset.UnixEpoch);
        late.SetResult(Some(0.5));
        await underWay;

        Assert.Equal(1, cache.Count);
        Assert.Equal((0.25, true), await AskAsync("a", 0.5, Promoted));
    }

    [Fact]
    public async Task A_text_is_forgotten_by_every_model_even_while_it_is_asked_about()
    {
        var late = new TaskCompletionSource<Outcome>();
        await AskAsync("a", 0.5);
        await AskAsync("a", 0.5, explained: true);
        await AskAsync("b", 0.5);
        Task<(Outcome, bool)> underWay = cache.GetAsync(Promoted, "a", false, late, static late => new ValueTask<Outcome>(late.Task), default).AsTask();

        cache.Forget(CacheKey.Hash("a"));
        late.SetResult(Some(0.5));
        await underWay;

        Assert.Equal(1, cache.Count);
        Assert.Equal((0.5, true), await AskAsync("b", 0.1));
    }

    /// <summary>Held against a list of what was asked for, youngest first.</summary>
    [Fact]
    public void The_bound_holds_and_what_was_not_asked_for_longest_goes_first() =>
        Gen.Int[0, 30].Array[1, 300].Sample(texts =>
        {
            var options = new CacheOptions { Bytes = 16 * 16 * 416 }; // 16 stripes of 16 outcomes
            var memory = new MemoryLevel(options, clock);
            var expected = new List<int>();
            foreach (int text in texts)
            {
                var key = new CacheKey((UInt128)(16 * text), 1, false); // one stripe
                var own = new TaskCompletionSource<Outcome>();
                bool found = memory.Begin(key, own.Task).Found is not null;
                if (found != expected.Remove(text)) return false;
                expected.Insert(0, text);
                if (expected.Count > 16) expected.RemoveAt(16);
                if (!found) memory.End(key, own.Task, Some(0.5));
                if (memory.Count != expected.Count || memory.Bytes > options.Bytes) return false;
            }

            return true;
        });

    [Theory]
    [InlineData(0, 1, "cache.lifetime is 0s, expected 1 s to 7 days")]
    [InlineData(60, 0, "cache.bytes is 0, expected 1048576")]
    public void A_setting_out_of_range_is_named(int seconds, long megabytes, string message)
    {
        var options = new ServerOptions { Cache = new CacheOptions { Lifetime = TimeSpan.FromSeconds(seconds), Bytes = megabytes << 20 } };
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(options.Check).Message, StringComparison.Ordinal);
    }

    private static Outcome Some(double positive) => new(new Prediction(Sentiment.Positive, [1 - positive, positive], false, 0), null);

    private async Task<(double Positive, bool Cached)> AskAsync(string text, double computed, ServedModel? model = null, bool explained = false)
    {
        (Outcome outcome, bool cached) = await cache.GetAsync(model ?? Model, text, explained, computed, static computed => new ValueTask<Outcome>(Some(computed)), default);
        return (outcome.Prediction.ProbabilityPositive, cached);
    }
}
