using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>Clients of a tracking server: plain HTTP and prepared JSON, so that little of the time measured is theirs.</summary>
internal sealed class TrackingLoad(Uri address, TimeProvider clock) : IDisposable
{
    private const string Api = "/api/2.0/mlflow/";

    private readonly HttpClient client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64, PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };

    public void Dispose() => client.Dispose();

    /// <summary>A new experiment's id.</summary>
    public async Task<string> ExperimentAsync(string name, CancellationToken cancellation) => (string)(await PostAsync("experiments/create", $$"""{"name":"{{name}}"}""", cancellation))["experiment_id"]!;

    /// <summary>A new run's id.</summary>
    public async Task<string> RunAsync(string experiment, CancellationToken cancellation) =>
        (string)(await PostAsync("runs/create", $$"""{"experiment_id":"{{experiment}}","start_time":1700000000000}""", cancellation))["run"]!["info"]!["run_id"]!;

    /// <summary>Acknowledged log_metric calls a second, of so many clients that each wait for their answer.</summary>
    public async Task<double> LogMetricAsync(string experiment, int clients, TimeSpan time, CancellationToken cancellation)
    {
        string[] runs = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => RunAsync(experiment, cancellation)));
        await Task.WhenAll(runs.Select(run => LogAsync(run, TimeSpan.FromSeconds(1))));
        long start = clock.GetTimestamp();
        int[] counts = await Task.WhenAll(runs.Select(run => LogAsync(run, time)));
        return counts.Sum() / clock.GetElapsedTime(start).TotalSeconds;

        async Task<int> LogAsync(string run, TimeSpan until)
        {
            long began = clock.GetTimestamp();
            int count = 0;
            for (; clock.GetElapsedTime(began) < until; count++)
                await PostAsync("runs/log-metric", string.Create(CultureInfo.InvariantCulture, $$"""{"run_id":"{{run}}","key":"loss","value":{{1.0 / (count + 1)}},"timestamp":1700000000000,"step":{{count}}}"""), cancellation);
            return count;
        }
    }

    /// <summary>Metrics a second in batches of 1,000 that follow one another: 10 keys, 100 steps each.</summary>
    public async Task<double> LogBatchAsync(string experiment, TimeSpan time, CancellationToken cancellation)
    {
        const int keys = 10, steps = 100;
        string run = await RunAsync(experiment, cancellation);
        for (int i = 0; i < 10; i++) await PostAsync("runs/log-batch", Batch(-1 - i), cancellation);
        long start = clock.GetTimestamp();
        long metrics = 0;
        TimeSpan own = TimeSpan.Zero;
        for (int batch = 0; clock.GetElapsedTime(start) < time; batch++)
        {
            long writing = clock.GetTimestamp();
            string body = Batch(batch);
            own += clock.GetElapsedTime(writing);
            await PostAsync("runs/log-batch", body, cancellation);
            metrics += keys * steps;
        }

        return metrics / (clock.GetElapsedTime(start) - own).TotalSeconds;

        string Batch(int number)
        {
            var body = new StringBuilder($$"""{"run_id":"{{run}}","metrics":[""");
            for (int step = 0; step < steps; step++)
            {
                for (int key = 0; key < keys; key++)
                {
                    if (body[^1] != '[') body.Append(',');
                    body.Append(CultureInfo.InvariantCulture, $$"""{"key":"metric{{key}}","value":{{0.001 * step + key}},"timestamp":1700000000000,"step":{{(number * steps) + step}}}""");
                }
            }

            return body.Append("]}").ToString();
        }
    }

    /// <summary>Median time of a search in milliseconds.</summary>
    public async Task<double> SearchAsync(string experiment, string rest, CancellationToken cancellation)
    {
        const int unmeasured = 5, measured = 31;
        string body = $$"""{"experiment_ids":["{{experiment}}"],"max_results":100{{rest}}}""";
        var times = new List<double>();
        for (int i = 0; i < unmeasured + measured; i++)
        {
            long start = clock.GetTimestamp();
            using HttpResponseMessage answer = await SendAsync("runs/search", body, cancellation);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (i >= unmeasured) times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
            if (i == 0 && JsonNode.Parse(bytes)!["runs"] is not JsonArray { Count: > 0 }) throw new InvalidOperationException($"the search {body} found nothing to time");
        }

        return times.Order().ElementAt(measured / 2);
    }

    /// <summary>MB of 1,000,000 bytes a second, up.</summary>
    public async Task<double> UploadAsync(string path, long bytes, CancellationToken cancellation)
    {
        using var content = new StreamContent(new Repeated(bytes), 1 << 20) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentLength = bytes } };
        long start = clock.GetTimestamp();
        using HttpResponseMessage answer = await client.PutAsync(new Uri($"/api/2.0/mlflow-artifacts/artifacts/{path}", UriKind.Relative), content, cancellation);
        answer.EnsureSuccessStatusCode();
        return bytes / 1e6 / clock.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The same, down.</summary>
    public async Task<double> DownloadAsync(string path, long bytes, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"/api/2.0/mlflow-artifacts/artifacts/{path}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await using Stream content = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 20];
        long read = 0;
        for (int count; (count = await content.ReadAsync(buffer, cancellation)) > 0;) read += count;
        return read == bytes ? bytes / 1e6 / clock.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"{read} bytes came back of {bytes}");
    }

    private async Task<JsonNode> PostAsync(string endpoint, string body, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(endpoint, body, cancellation);
        return JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string endpoint, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        HttpResponseMessage answer = await client.PostAsync(new Uri(Api + endpoint, UriKind.Relative), content, cancellation);
        return answer.StatusCode == HttpStatusCode.OK ? answer : throw new InvalidOperationException($"{endpoint}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    /// <summary>So many bytes without a file behind them.</summary>
    private sealed class Repeated(long length) : Stream
    {
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(buffer.Length, length - position);
            position += count;
            return count; // whatever the buffer holds: the server cannot tell
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
