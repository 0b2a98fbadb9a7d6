using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>All that one run of <c>bench serve</c> measured; a figure's reference is FastAPI's, measured right after on the same rows.</summary>
internal sealed record ServeResults(BenchMachine Machine, string Settings, IReadOnlyList<ServerFigure> Figures, string Peer, double Minutes);

/// <summary>Drives <c>vigie serve</c> in a process of its own over loopback, with everything on but the rate limit, and FastAPI with scikit-learn after it.</summary>
/// <param name="Data">A labelled tweet file: the models are trained on it, its test rows are sent.</param>
internal sealed record ServeBenchmark(string Data)
{
    private const int Connections = 32;
    private const int SlowOnes = 5_000;
    private const int BatchTweets = 100_000;

    /// <summary>Rows that the models are trained on.</summary>
    public int Sample { get; init; } = 50_000;

    /// <summary>How long each kind of request is sent.</summary>
    public required TimeSpan Each { get; init; }

    public required Peers Peers { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Told each step before it is done.</summary>
    public required Action<string> Note { get; init; }

    // Clients are told apart by address, and here all of them have one.
    private static readonly Dictionary<string, string> Settings = new() { ["VIGIE__RATE_LIMIT__REQUESTS"] = "1000000", ["VIGIE__RATE_LIMIT__WINDOW"] = "1s", ["VIGIE__RATE_LIMIT__TWEETS"] = "1000000000" };

    public async Task<ServeResults> RunAsync(CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        using var folder = new ScratchFolder();
        string[] texts = Texts(cancellation);
        string[] bodies = [.. texts.Take(2_000).Select(text => JsonSerializer.Serialize(new { text }))];
        string linear = await TrainAsync("linear-best", [], folder, cancellation), network = await TrainAsync("word2vec-lstm", ["--set", "epochs=1"], folder, cancellation);
        (JsonObject? peer, string? why) = await PeerAsync(folder, cancellation);
        var figures = new List<ServerFigure>();
        await MeasureStartAsync(linear, folder, bodies[0], figures, peer, cancellation);
        await MeasureLinearAsync(linear, folder, texts, bodies, figures, peer, cancellation);
        await MeasureNetworkAsync(network, folder, bodies, figures, cancellation);

        string settings = string.Join(", ", Settings.Select(setting => $"{setting.Key}={setting.Value}"));
        return new ServeResults(machine, settings, figures, why ?? "measured in this run", Clock.GetElapsedTime(start).TotalMinutes);
    }

    private async Task MeasureStartAsync(string model, ScratchFolder folder, string body, List<ServerFigure> figures, JsonObject? peer, CancellationToken cancellation)
    {
        Note("starting");
        var ready = new List<double>();
        double memory = 0;
        for (int i = 0; i < 3; i++)
        {
            await using ServerProcess server = await StartAsync(model, folder, body, cancellation);
            ready.Add(server.Ready.TotalSeconds);
            memory = Math.Max(memory, server.MemoryMib);
        }

        figures.Add(new("start to first answer, best of three", "s", ready.Min(), 1, AtMost: true, Of(peer?["startup"]?["min_s"])));
        figures.Add(new("memory then", "MiB", memory, 150, AtMost: true, Of(peer?["rss_idle_mb"])));

        Note("killing under load");
        await using (ServerProcess server = await StartAsync(model, folder, body, cancellation))
        {
            Task load = new Wrk(folder.Path, Clock).PostAsync(new Uri(server.Address, "predict"), [body], Connections, TimeSpan.FromSeconds(3), cancellation);
            await Task.Delay(TimeSpan.FromSeconds(2), Clock, cancellation);
            await server.KillAsync();
            await load;
        }

        await using ServerProcess again = await StartAsync(model, folder, body, cancellation);
        figures.Add(new("start to first answer after kill -9 under load", "s", again.Ready.TotalSeconds, 3, AtMost: true, null));
    }

    private async Task MeasureLinearAsync(string model, ScratchFolder folder, string[] texts, string[] bodies, List<ServerFigure> figures, JsonObject? peer, CancellationToken cancellation)
    {
        await using ServerProcess server = await StartAsync(model, folder, bodies[0], cancellation);
        Note("POST /predict, linear");
        JsonNode? same = (peer?["load"] as JsonArray)?.FirstOrDefault(load => (int?)load?["conns"] == Connections);
        (WrkResult load, double cpu) = await LoadAsync(server, folder, "predict", bodies, cancellation);
        figures.Add(new($"/predict, linear, {Connections} connections", "/s", load.PerSecond, 12_000, AtMost: false, Of(same?["rps"])));
        figures.Add(new("P95", "ms", load.P95, 6, AtMost: true, Of(same?["p95_ms"])));
        figures.Add(new("processor", "ms a request", cpu, 0.15, AtMost: true, Of(same?["server_cpu_ms_per_req"])));
        figures.Add(new("memory after it", "MiB", server.MemoryMib, null, AtMost: true, Of(peer?["rss_after_mb"])));

        Note("POST /predict/batch");
        figures.Add(new($"/predict/batch, linear, {BatchTweets:N0} tweets", "tweets/s", await BatchAsync(server, texts, cancellation), 100_000, AtMost: false, null));

        Note("POST /feedback");
        string[] corrections = await CorrectionsAsync(server, texts, cancellation);
        (WrkResult feedback, _) = await LoadAsync(server, folder, "feedback", corrections, cancellation);
        figures.Add(new($"/feedback, durable, {Connections} connections", "/s", feedback.PerSecond, 2_000, AtMost: false, null));
        figures.Add(new("P95", "ms", feedback.P95, 20, AtMost: true, null));

        Note($"POST /predict beside {SlowOnes} slow connections");
        await using SlowConnections slow = await SlowConnections.OpenAsync(server.Address, SlowOnes, Clock, cancellation);
        (WrkResult beside, _) = await LoadAsync(server, folder, "predict", bodies, cancellation);
        figures.Add(new($"/predict beside {SlowOnes:N0} slow connections, P95", "ms", beside.P95, 2 * load.P95, AtMost: true, null));
        figures.Add(new("slow connections that the server left open", "", slow.Open, null, AtMost: true, null));
    }

    /// <summary>The texts come round again and again, and what a network says of them would be remembered: first without that, then as it is by default.</summary>
    private async Task MeasureNetworkAsync(string model, ScratchFolder folder, string[] bodies, List<ServerFigure> figures, CancellationToken cancellation)
    {
        Note("POST /predict, BiLSTM");
        await using (ServerProcess server = await StartAsync(model, folder, bodies[0], cancellation, ("VIGIE__CACHE__MODELS", "none")))
        {
            (WrkResult load, double cpu) = await LoadAsync(server, folder, "predict", bodies, cancellation);
            figures.Add(new($"/predict, BiLSTM, {Connections} connections, nothing remembered", "/s", load.PerSecond, 2_500, AtMost: false, null));
            figures.Add(new("P95", "ms", load.P95, 30, AtMost: true, null));
            figures.Add(new("processor", "ms a request", cpu, null, AtMost: true, null));
        }

        await using ServerProcess remembering = await StartAsync(model, folder, bodies[0], cancellation);
        (WrkResult cached, _) = await LoadAsync(remembering, folder, "predict", bodies, cancellation);
        figures.Add(new("/predict, BiLSTM, from the cache", "/s", cached.PerSecond, null, AtMost: false, null));
    }

    /// <summary>Sends bodies for the time set, after a warm-up; also the server's processor time a request, in milliseconds.</summary>
    private async Task<(WrkResult Load, double CpuMs)> LoadAsync(ServerProcess server, ScratchFolder folder, string path, string[] bodies, CancellationToken cancellation)
    {
        var wrk = new Wrk(folder.Path, Clock);
        var target = new Uri(server.Address, path);
        await wrk.PostAsync(target, bodies, Connections, TimeSpan.FromSeconds(2), cancellation);
        TimeSpan before = server.Cpu;
        WrkResult load = await wrk.PostAsync(target, bodies, Connections, Each, cancellation);
        if (load.Errors > 0) throw new InvalidOperationException($"{load.Errors} of {load.Requests} requests to /{path} failed");
        return (load, (server.Cpu - before).TotalMilliseconds / load.Requests);
    }

    private async Task<double> BatchAsync(ServerProcess server, string[] texts, CancellationToken cancellation)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < BatchTweets; i++) lines.Append(JsonSerializer.Serialize(texts[i % texts.Length])).Append('\n');
        byte[] body = Encoding.UTF8.GetBytes(lines.ToString());
        using var client = new HttpClient { BaseAddress = server.Address };
        var times = new List<double>();
        for (int i = 0; i < 4; i++)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
            long began = Clock.GetTimestamp();
            using HttpResponseMessage answer = await client.PostAsync(new Uri("predict/batch", UriKind.Relative), content, cancellation);
            answer.EnsureSuccessStatusCode();
            byte[] said = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (said.AsSpan().Count((byte)'\n') != BatchTweets) throw new InvalidOperationException($"{BatchTweets} tweets were sent, {said.AsSpan().Count((byte)'\n')} answers came");
            if (i > 0) times.Add(Clock.GetElapsedTime(began).TotalSeconds); // the first warms up
        }

        return BatchTweets / times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>Corrections to predictions that the server has just made.</summary>
    private static async Task<string[]> CorrectionsAsync(ServerProcess server, string[] texts, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        using var content = new StringContent(JsonSerializer.Serialize(texts.Take(2_000)), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("predict/batch", UriKind.Relative), content, cancellation);
        answer.EnsureSuccessStatusCode();
        JsonArray predictions = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!.AsArray();
        return [.. predictions.Select(prediction => JsonSerializer.Serialize(new { prediction_id = (string)prediction!["prediction_id"]!, label = (string?)prediction["label"] == "positive" ? "negative" : "positive" }))];
    }

    private async Task<ServerProcess> StartAsync(string model, ScratchFolder folder, string body, CancellationToken cancellation, params (string Name, string Value)[] more) => await ServerProcess.StartAsync(
        ["serve", "--model", model],
        new Dictionary<string, string>([.. Settings, .. more.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)), KeyValuePair.Create("VIGIE_HOME", folder.At("state"))]),
        client => client.PostAsync(new Uri("predict", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), cancellation),
        Clock,
        cancellation);

    private async Task<string> TrainAsync(string recipe, string[] settings, ScratchFolder folder, CancellationToken cancellation)
    {
        Note($"training {recipe} on {Sample:N0} rows");
        string model = folder.At(recipe);
        await Child.VerbAsync(
            ["train", recipe, "--data", Data, "--sample", Sample.ToString(CultureInfo.InvariantCulture), "--output", model, .. settings],
            Clock, cancellation, new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At("training"), ["MLFLOW_TRACKING_URI"] = "" });
        return model;
    }

    private async Task<(JsonObject? Said, string? Why)> PeerAsync(ScratchFolder folder, CancellationToken cancellation)
    {
        if (Peers.Unavailable is { } unavailable) return (null, unavailable);
        Note("FastAPI and scikit-learn");
        string sample = PeerSample.Write(Data, Sample, folder.Path, cancellation), model = folder.At("peer.joblib");
        (JsonObject? trained, string? why) = await Peers.AskAsync("bench_sklearn.py", ["--max-features", "10000", "--ngram", "1", "1", "--model", "lr-lbfgs", "--save", model], sample, cancellation);
        return trained is null ? (null, why) : await Peers.AskAsync("bench_http.py", ["--model", model, "--conns", Connections.ToString(CultureInfo.InvariantCulture)], sample, cancellation);
    }

    private string[] Texts(CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(Data, new TweetReaderOptions { Sample = Sample }, null, cancellation);
        return [.. reader.Where(tweet => (tweet.Split ?? TextHash.SplitOf(tweet.Text)) == Split.Test).Select(tweet => tweet.Text)];
    }

    private static string? Of(JsonNode? figure) => figure is null ? null : ServerFigure.Number((double)figure);
}
