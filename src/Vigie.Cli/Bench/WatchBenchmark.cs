using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Bundles;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>Measures what the watch costs and how fast it is, by servers in processes of their own over loopback: recording, figures, alerts, replay, and half an hour of load.</summary>
/// <param name="Data">A labelled tweet file: the model is trained on it, its test rows are sent.</param>
internal sealed record WatchBenchmark(string Data) : IDisposable
{
    private const int Connections = 32, Sample = 50_000;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2), Drain = TimeSpan.FromMinutes(5);

    // Clients are told apart by address, and here all of them have one.
    private static readonly Dictionary<string, string> Unlimited = new() { ["VIGIE__RATE_LIMIT__REQUESTS"] = "1000000", ["VIGIE__RATE_LIMIT__WINDOW"] = "1s", ["VIGIE__RATE_LIMIT__TWEETS"] = "1000000000" };

    private readonly ScratchFolder folder = new();
    private string? trained;
    private string[]? texts;

    /// <summary>How long each load lasts.</summary>
    public required TimeSpan Each { get; init; }

    /// <summary>How long the long load lasts.</summary>
    public required TimeSpan Soak { get; init; }

    /// <summary>Records over which figures are asked for.</summary>
    public required long Records { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Told each step before it is done.</summary>
    public required Action<string> Note { get; init; }

    public void Dispose() => folder.Dispose();

    /// <summary>Servers that keep records and servers that keep none, in turns: what the machine does besides meets both.</summary>
    public async Task<IReadOnlyList<ServerFigure>> RecordingAsync(CancellationToken cancellation)
    {
        const int Turns = 5;
        var without = new List<WrkResult>();
        var with = new List<WrkResult>();
        var durable = new List<double>();
        for (int turn = 0; turn < Turns; turn++)
        {
            Note($"/predict without records and with, {turn + 1} of {Turns}");
            await using (ServerProcess server = await StartAsync("off", cancellation, ("VIGIE__RECORDS__ENABLED", "false"))) without.Add(await LoadAsync(server, Connections, Each, cancellation));
            await using ServerProcess recording = await StartAsync($"on{turn}", cancellation);
            long began = Clock.GetTimestamp();
            long before = await MetricAsync(recording, "vigie_records_moved", cancellation);
            WrkResult load = await LoadAsync(recording, Connections, Each, cancellation);
            with.Add(load);
            durable.Add((await MovedAsync(recording, cancellation) - before) / Clock.GetElapsedTime(began).TotalSeconds);
        }

        double plain = Median(without.Select(load => load.PerSecond)), recorded = Median(with.Select(load => load.PerSecond));
        return
        [
            new($"/predict, {Connections} connections, nothing kept", "/s", plain, null, AtMost: false, null),
            new("the same with records, figures, drift and alerts", "/s", recorded, null, AtMost: false, null),
            new("what they cost of the throughput", "%", 100 * (1 - (recorded / plain)), 10, AtMost: true, null),
            new("what they add to P99", "ms", Median(with.Select(load => load.P99)) - Median(without.Select(load => load.P99)), 0.2, AtMost: true, null),
            new("predictions in the database, from the first request to the last row", "/s", Median(durable), 15_000, AtMost: false, null),
        ];
    }

    /// <summary>Summary and series over a month of records.</summary>
    public async Task<IReadOnlyList<ServerFigure>> FiguresAsync(CancellationToken cancellation)
    {
        await RehearseAsync("month", Records, TimeSpan.FromDays(30), cancellation);
        await using ServerProcess server = await StartAsync("month", cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var figures = new List<ServerFigure>();
        foreach (string path in (string[])["monitoring/summary?window=24h", "monitoring/series?resolution=5m", "monitoring/series?resolution=1h"])
        {
            Note($"GET /{path}");
            var times = new List<double>();
            for (int i = 0; i < 25; i++)
            {
                long began = Clock.GetTimestamp();
                JsonNode answer = (await http.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative), cancellation))!;
                double took = Clock.GetElapsedTime(began).TotalMilliseconds;
                if (answer.ToJsonString().Length < 200) throw new InvalidOperationException($"/{path} has no figures");
                if (i >= 5) times.Add(took);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Clock, cancellation);
            }

            figures.Add(new($"/{path} over {Records / 1e6:0.#} million records, P95 of 20", "ms", times.Order().ElementAt(18), 100, AtMost: true, null));
        }

        return figures;
    }

    /// <summary>From the third wrong report to the alert in the outbox and to a receiver.</summary>
    public async Task<IReadOnlyList<ServerFigure>> AlertsAsync(CancellationToken cancellation)
    {
        const int Rounds = 20;
        Note($"three wrong reports, {Rounds} times");
        using var receiver = new HttpListener();
        string hook = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}/";
        receiver.Prefixes.Add(hook);
        receiver.Start();
        var outbox = new List<double>();
        var received = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            await using ServerProcess server = await StartAsync(
                $"alerts{round}", cancellation, ("VIGIE__ALERTS__WEBHOOK__URL", hook), ("VIGIE__ALERTS__WEBHOOK__SECRET", "0123456789abcdef0123456789abcdef"), ("VIGIE__ALERTS__ALLOW_ADDRESSES", "127.0.0.1"));
            using var http = new HttpClient { BaseAddress = server.Address };
            Task<HttpListenerContext> told = receiver.GetContextAsync();
            for (int i = 0; i < 3; i++) await ReportAsync(http, texts![(round * 3) + i], cancellation);
            long began = Clock.GetTimestamp();
            Task<double> listed = ListedAsync(http, began, cancellation);
            HttpListenerContext message = await told.WaitAsync(TimeSpan.FromSeconds(30), Clock, cancellation);
            received.Add(Clock.GetElapsedTime(began).TotalMilliseconds);
            message.Response.StatusCode = 200;
            message.Response.Close();
            outbox.Add(await listed);
        }

        return
        [
            new("third wrong report to alert in the outbox, P95 of 20", "ms", outbox.Order().ElementAt(18), 100, AtMost: true, null),
            new("third wrong report to the message at a webhook, P95 of 20", "ms", received.Order().ElementAt(18), 1_000, AtMost: true, null),
        ];
    }

    /// <summary>The built-in rules over a month of a million records.</summary>
    public async Task<IReadOnlyList<ServerFigure>> ReplayAsync(CancellationToken cancellation)
    {
        const long Replayed = 1_000_000;
        await RehearseAsync("past", Replayed, TimeSpan.FromDays(30), cancellation);
        Note("replaying a month");
        var times = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            long began = Clock.GetTimestamp();
            JsonObject said = await Child.VerbAsync(["alerts", "replay", "--records", Path.Combine(RecordsOf("past"), "records.db")], Clock, cancellation);
            times.Add(Clock.GetElapsedTime(began).TotalSeconds);
            if ((long)said["predictions"]! != Replayed) throw new InvalidOperationException("not every prediction was replayed");
        }

        return [new($"alerts replay, a month of {Replayed / 1e6:0} million predictions, median of 3", "s", Median(times), 10, AtMost: true, null)];
    }

    /// <summary>Half of what the server can do, for long.</summary>
    public async Task<IReadOnlyList<ServerFigure>> SoakAsync(CancellationToken cancellation)
    {
        await using ServerProcess server = await StartAsync("soak", cancellation);
        WrkResult full = await LoadAsync(server, Connections, Each, cancellation);
        int half = (int)(full.PerSecond / 2);
        Note($"{half:N0} requests a second for {Soak.TotalMinutes:0} minutes");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<List<(double Minutes, double Mib)>> memory = MemoryAsync(server, ended.Token);
        WrkResult load = await new Wrk(folder.Path, Clock) { PerSecond = half }.PostAsync(new Uri(server.Address, "predict"), Bodies(), Connections, Soak, cancellation);
        await ended.CancelAsync();
        List<(double Minutes, double Mib)> seen = await memory;
        double settled = Math.Min(10, Soak.TotalMinutes / 3);
        return
        [
            new($"requests a second, wanted {half:N0}, for {Soak.TotalMinutes:0} minutes", "/s", load.PerSecond, null, AtMost: false, null),
            new("errors", "", load.Errors, 0, AtMost: true, null),
            new("P99", "ms", load.P99, null, AtMost: true, null),
            new($"memory's slope after {settled:0} minutes", "MiB a minute", Slope([.. seen.Where(sample => sample.Minutes >= settled)]), 1, AtMost: true, null),
            new("memory at the end", "MiB", seen[^1].Mib, null, AtMost: true, null),
        ];
    }

    private async Task<List<(double Minutes, double Mib)>> MemoryAsync(ServerProcess server, CancellationToken ended)
    {
        var samples = new List<(double, double)>();
        long began = Clock.GetTimestamp();
        while (!ended.IsCancellationRequested)
        {
            samples.Add((Clock.GetElapsedTime(began).TotalMinutes, server.MemoryMib));
            await Task.Delay(TimeSpan.FromSeconds(5), Clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return samples;
    }

    // Least squares.
    private static double Slope(IReadOnlyList<(double Minutes, double Mib)> samples)
    {
        double x = samples.Average(sample => sample.Minutes), y = samples.Average(sample => sample.Mib);
        return samples.Sum(sample => (sample.Minutes - x) * (sample.Mib - y)) / samples.Sum(sample => (sample.Minutes - x) * (sample.Minutes - x));
    }

    private static async Task ReportAsync(HttpClient http, string text, CancellationToken cancellation)
    {
        using HttpResponseMessage predicted = await http.PostAsJsonAsync("predict", new { text }, cancellation);
        JsonNode answer = (await predicted.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancellation))!;
        string wrong = (string?)answer["label"] == "positive" ? "negative" : "positive";
        using HttpResponseMessage corrected = await http.PostAsJsonAsync("feedback", new { prediction_id = (string?)answer["prediction_id"], label = wrong }, cancellation);
        corrected.EnsureSuccessStatusCode();
    }

    private async Task<double> ListedAsync(HttpClient http, long began, CancellationToken cancellation)
    {
        while (true)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("alerts", UriKind.Relative), cancellation);
            if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonNode>(cancellation))!["alerts"]!.AsArray().Count > 0) return Clock.GetElapsedTime(began).TotalMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(1), Clock, cancellation);
        }
    }

    private async Task<WrkResult> LoadAsync(ServerProcess server, int connections, TimeSpan time, CancellationToken cancellation)
    {
        var wrk = new Wrk(folder.Path, Clock);
        var target = new Uri(server.Address, "predict");
        await wrk.PostAsync(target, Bodies(), connections, Warm, cancellation);
        WrkResult load = await wrk.PostAsync(target, Bodies(), connections, time, cancellation);
        return load.Errors > 0 ? throw new InvalidOperationException($"{load.Errors} of {load.Requests} requests failed") : load;
    }

    /// <summary>Waits until all that was written is in the database; how many records that are.</summary>
    private async Task<long> MovedAsync(ServerProcess server, CancellationToken cancellation)
    {
        for (long began = Clock.GetTimestamp(); Clock.GetElapsedTime(began) < Drain;)
        {
            (long written, long moved) = (await MetricAsync(server, "vigie_records_written", cancellation), await MetricAsync(server, "vigie_records_moved", cancellation));
            if (moved >= written && await MetricAsync(server, "vigie_records_in_memory_bytes", cancellation) == 0) return moved;
            await Task.Delay(TimeSpan.FromMilliseconds(20), Clock, cancellation);
        }

        throw new InvalidOperationException($"the records were not in the database {Drain.TotalMinutes:0} minutes after the load");
    }

    private static async Task<long> MetricAsync(ServerProcess server, string name, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        string metrics = await http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellation);
        string? line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && (line[name.Length] is '{' or ' '));
        return line is null ? 0 : (long)double.Parse(line[(line.LastIndexOf(line.Contains('}', StringComparison.Ordinal) ? '}' : ' ') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private async Task RehearseAsync(string name, long records, TimeSpan time, CancellationToken cancellation)
    {
        Note($"writing {records:N0} records of {time.TotalDays:0} days");
        ServedModel model = ServedModel.Of(Bundle.Load(await ModelAsync(cancellation), cancellation: cancellation));
        DateTimeOffset now = Clock.GetUtcNow();
        await Task.Run(() => new RecordRehearsal(model, texts!, 1).Write(RecordsOf(name), records, now - time, now, _ => { }, cancellation), cancellation);
    }

    private string RecordsOf(string name) => Path.Combine(folder.At(name), "records");

    private string[] Bodies() => [.. texts!.Take(2_000).Select(text => JsonSerializer.Serialize(new { text }))];

    private async Task<ServerProcess> StartAsync(string state, CancellationToken cancellation, params (string Name, string Value)[] more)
    {
        string model = await ModelAsync(cancellation);
        return await ServerProcess.StartAsync(
            ["serve", "--model", model],
            new Dictionary<string, string>([.. Unlimited, .. more.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)), KeyValuePair.Create("VIGIE_HOME", folder.At(state))]),
            client => client.PostAsync(new Uri("predict", UriKind.Relative), new StringContent(Bodies()[0], Encoding.UTF8, "application/json"), cancellation),
            Clock,
            cancellation);
    }

    private async Task<string> ModelAsync(CancellationToken cancellation)
    {
        if (trained is not null) return trained;
        Note($"training linear-best on {Sample:N0} rows");
        using (TweetReader reader = TweetReader.Open(Data, new TweetReaderOptions { Sample = Sample }, null, cancellation))
            texts = [.. reader.Where(tweet => (tweet.Split ?? TextHash.SplitOf(tweet.Text)) == Split.Test).Select(tweet => tweet.Text)];
        string model = folder.At("linear-best");
        await Child.VerbAsync(
            ["train", "linear-best", "--data", Data, "--sample", Sample.ToString(CultureInfo.InvariantCulture), "--output", model],
            Clock, cancellation, new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At("training"), ["MLFLOW_TRACKING_URI"] = "" });
        return trained = model;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
