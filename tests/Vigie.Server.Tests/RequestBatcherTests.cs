using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Vigie.Models;
using Vigie.Tests.Networks;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Requests to a busy network share its runs; nobody waits for company.</summary>
public sealed class RequestBatcherTests : IDisposable
{
    private readonly SlowModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public async Task A_request_alone_runs_at_once_on_its_own_thread()
    {
        model.Open();
        RequestBatcher batcher = Batcher();
        int thread = Environment.CurrentManagedThreadId;
        Task<Prediction> answer = batcher.PredictAsync("a", default).AsTask();
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal("a".Length, (await answer).UnknownShare);
        Assert.Equal(thread, Assert.Single(model.Threads));
    }

    [Fact]
    public async Task Those_who_come_meanwhile_run_together()
    {
        RequestBatcher batcher = Batcher();
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("first", default).AsTask());
        await model.EnteredAsync(1);
        Task<Prediction>[] others = [.. Enumerable.Range(1, 100).Select(i => batcher.PredictAsync(new string('x', i), default).AsTask())];
        Assert.Equal(100, batcher.Length);
        model.Open();
        Assert.Equal(5, (await first).UnknownShare);
        for (int i = 0; i < others.Length; i++) Assert.Equal(i + 1, (await others[i]).UnknownShare); // each its own
        Assert.Equal([1, RequestBatcher.Most, 100 - RequestBatcher.Most], model.Runs.Select(run => run.Length));
        Assert.Equal(0, batcher.Length);
        Assert.True(batcher.PredictAsync("again", default).AsTask().IsCompletedSuccessfully); // and the worker is free again
    }

    [Fact]
    public async Task As_many_run_at_the_same_time_as_there_are_workers()
    {
        RequestBatcher batcher = Batcher(workers: 2);
        Task[] running = [Task.Run(() => batcher.PredictAsync("a", default).AsTask()), Task.Run(() => batcher.PredictAsync("b", default).AsTask())];
        await model.EnteredAsync(2);
        Task<Prediction> third = batcher.PredictAsync("c", default).AsTask();
        Assert.Equal(1, batcher.Length);
        model.Open();
        await Task.WhenAll([.. running, third]);
    }

    [Fact]
    public async Task Beyond_the_room_for_waiting_requests_are_turned_away()
    {
        RequestBatcher batcher = Batcher(room: 3);
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask());
        await model.EnteredAsync(1);
        Task<Prediction>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => batcher.PredictAsync("b", default).AsTask())];
        var refused = await Assert.ThrowsAsync<RequestException>(() => batcher.PredictAsync("c", default).AsTask());
        Assert.Equal((503, TimeSpan.FromSeconds(1)), (refused.Problem.Status, refused.Problem.RetryAfter));
        model.Open();
        await Task.WhenAll([first, .. waiting]);
        Assert.Equal([1, 3], model.Runs.Select(run => run.Length));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_predicted_for()
    {
        RequestBatcher batcher = Batcher();
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask());
        await model.EnteredAsync(1);
        using var left = new CancellationTokenSource();
        Task<Prediction> gone = batcher.PredictAsync("gone", left.Token).AsTask(), stays = batcher.PredictAsync("stays", default).AsTask();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        model.Open();
        await Task.WhenAll(first, stays);
        Assert.Equal([["a"], ["stays"]], model.Runs);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batcher.PredictAsync("late", left.Token).AsTask());
    }

    [Fact]
    public async Task Who_leaves_makes_room()
    {
        RequestBatcher batcher = Batcher(room: 1);
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask());
        await model.EnteredAsync(1);
        using var left = new CancellationTokenSource();
        Task<Prediction> gone = batcher.PredictAsync("gone", left.Token).AsTask();
        await Assert.ThrowsAsync<RequestException>(() => batcher.PredictAsync("b", default).AsTask());
        await left.CancelAsync();
        Task<Prediction> second = batcher.PredictAsync("c", default).AsTask();
        model.Open();
        await Task.WhenAll(first, second);
        Assert.Equal([["a"], ["c"]], model.Runs);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }

    [Fact]
    public async Task Turns_and_requests_take_turns()
    {
        RequestBatcher batcher = Batcher();
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask());
        await model.EnteredAsync(1);
        Task<Prediction[]>[] turns = [.. new[] { "t1", "t2", "t3" }.Select(text => batcher.RunAsync(() => model.Predict([text]), default).AsTask())];
        Task<Prediction>[] requests = [batcher.PredictAsync("b", default).AsTask(), batcher.PredictAsync("c", default).AsTask()];
        model.Open();
        await Task.WhenAll([first, .. turns, .. requests]);
        Assert.Equal([["a"], ["t1"], ["b", "c"], ["t2"], ["t3"]], model.Runs); // none waits for more than one run of the others
    }

    [Fact]
    public async Task Turns_take_no_more_workers_than_there_are_and_give_them_back()
    {
        RequestBatcher batcher = Batcher(workers: 2);
        using var left = new CancellationTokenSource();
        Task<Prediction[]>[] turns = [.. new[] { "t1", "t2", "t3" }.Select(text => Task.Run(async () => await batcher.RunAsync(() => model.Predict([text]), default)))];
        await model.EnteredAsync(2);
        Task<Prediction[]> gone = batcher.RunAsync(() => model.Predict(["gone"]), left.Token).AsTask();
        Task<Prediction[]> bad = batcher.RunAsync(() => model.Predict(["bad"]), default).AsTask();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        model.Open();
        await Task.WhenAll(turns);
        await Assert.ThrowsAsync<InvalidInputException>(() => bad);
        Assert.DoesNotContain(model.Runs, run => run.Contains("gone"));
        Assert.Equal(2, model.Most);
        for (int i = 0; i < 3; i++) Assert.True(batcher.PredictAsync("again", default).AsTask().IsCompletedSuccessfully); // both workers are free
    }

    [Fact]
    public async Task Who_takes_several_turns_has_a_place_meanwhile()
    {
        RequestBatcher batcher = Batcher(room: 2);
        RequestBatcher.Place one = batcher.Enter(), two = batcher.Enter();
        Assert.Throws<RequestException>(batcher.Enter);
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask()); // who need not wait is not turned away
        await model.EnteredAsync(1);
        await Assert.ThrowsAsync<RequestException>(() => batcher.PredictAsync("b", default).AsTask());
        one.Dispose();
        one.Dispose(); // counts once
        Task<Prediction> second = batcher.PredictAsync("c", default).AsTask();
        await Assert.ThrowsAsync<RequestException>(() => batcher.PredictAsync("d", default).AsTask());
        model.Open();
        await Task.WhenAll(first, second);
        two.Dispose();
    }

    [Fact]
    public async Task A_run_that_fails_fails_for_those_in_it_and_nobody_else()
    {
        RequestBatcher batcher = Batcher();
        Task<Prediction> first = Task.Run(() => batcher.PredictAsync("a", default).AsTask());
        await model.EnteredAsync(1);
        Task<Prediction>[] bad = [batcher.PredictAsync("bad", default).AsTask(), batcher.PredictAsync("b", default).AsTask()];
        model.Open();
        await first;
        foreach (Task<Prediction> one in bad) Assert.Equal("bad", (await Assert.ThrowsAsync<InvalidInputException>(() => one)).Message);
        await Assert.ThrowsAsync<InvalidInputException>(() => batcher.PredictAsync("bad", default).AsTask());
        Assert.Equal(1, (await batcher.PredictAsync("c", default)).UnknownShare);
        Assert.Equal(0, batcher.Length);
    }

    [Fact]
    public async Task A_served_network_says_the_same_to_many_at_once_as_to_one()
    {
        TextClassifier network = SmallNetwork.Classifier();
        Assert.True(network.Model.GainsFromBatches);
        Assert.False(SmallModels.TwoClasses.Classifier.Model.GainsFromBatches);
        await using RunningServer server = await RunningServer.StartAsync(model: SmallNetwork.Served('n') with { Classifier = network });
        string[] texts = [.. SmallNetworks.Texts(300, longest: 30), "", "qwzx"];
        double[] answers = await Task.WhenAll(texts.Select(async text =>
        {
            Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            return answer.Json.GetProperty("probability_positive").GetDouble();
        }));
        Assert.Equal(texts.Select(text => network.Predict(text).ProbabilityPositive), answers);
    }

    private RequestBatcher Batcher(int workers = 1, int room = 1_000) => new(model.Predict, workers, room);

    /// <summary>Predicts once its gate is open; a prediction's share of unknown words is the length of its text, so that answers can be told apart.</summary>
    private sealed class SlowModel : IDisposable
    {
        private readonly ManualResetEventSlim gate = new();
        private int entered, inside, most;

        public ConcurrentQueue<string[]> Runs { get; } = [];

        public ConcurrentQueue<int> Threads { get; } = [];

        /// <summary>Most runs at the same time.</summary>
        public int Most => Volatile.Read(ref most);

        public void Open() => gate.Set();

        public Task EnteredAsync(int runs) => RunningServer.UntilAsync(() => Task.FromResult(Volatile.Read(ref entered) >= runs));

        public Prediction[] Predict(IReadOnlyList<string> texts)
        {
            int now = Interlocked.Increment(ref inside);
            lock (Runs) most = Math.Max(most, now);
            Interlocked.Increment(ref entered);
            Threads.Enqueue(Environment.CurrentManagedThreadId);
            gate.Wait(TestContext.Current.CancellationToken);
            Runs.Enqueue([.. texts]);
            Interlocked.Decrement(ref inside);
            if (texts.Contains("bad")) throw new InvalidInputException("bad");
            return [.. texts.Select(text => new Prediction(Sentiment.Positive, [0, 1], false, text.Length))];
        }

        public void Dispose() => gate.Dispose();
    }
}
