using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

public sealed class JsonLogTests
{
    [Fact]
    public async Task Lines_of_many_threads_stay_whole_and_all_are_there_at_the_end()
    {
        using var output = new MemoryStream();
        using (var log = new JsonLog(new ServerOptions(), output))
        {
            ILogger logger = log.CreateLogger("c");
            await Parallel.ForAsync(0, 20_000, (i, _) =>
            {
                Log(logger, LogLevel.Information, ("number", i), ("sender", new string('é', i % 500)));
                return ValueTask.CompletedTask;
            });
        }

        JsonElement[] entries = Entries(output);
        Assert.Equal(Enumerable.Range(0, 20_000), entries.Select(entry => entry.GetProperty("number").GetInt32()).Order());
        Assert.All(entries, entry => Assert.Equal(entry.GetProperty("number").GetInt32() % 500, entry.GetProperty("sender").GetString()!.Length));
    }

    [Fact]
    public async Task A_reader_that_has_stopped_stops_nobody_and_what_it_missed_is_told()
    {
        using var output = new StuckStream();
        using var lines = new LogLines(output, count => $"{{\"dropped\":{count}}}\n", mostBytes: 1_000);
        byte[] line = Encoding.UTF8.GetBytes($"{{\"n\":\"{new string('x', 91)}\"}}\n"); // 100 bytes
        lines.Add(line, soon: true);
        await RunningServer.UntilAsync(() => Task.FromResult(output.IsEntered));
        for (int i = 0; i < 50; i++) lines.Add(line, soon: false);
        output.Open();
        await RunningServer.UntilAsync(() => Task.FromResult(output.Text.Contains("dropped", StringComparison.Ordinal)));
        lines.Dispose();
        string[] written = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((10, "{\"dropped\":41}"), (written.Count(one => one.Contains('x', StringComparison.Ordinal)), written[^1]));
    }

    [Fact]
    public async Task What_a_stream_refuses_counts_as_dropped()
    {
        using var output = new StuckStream { Refuses = 1 };
        output.Open();
        using var lines = new LogLines(output, count => $"{count} dropped\n");
        lines.Add("a\n"u8, soon: true);
        await RunningServer.UntilAsync(() => Task.FromResult(output.Text.Length > 0));
        Assert.Equal("1 dropped\n", output.Text);
    }

    [Fact]
    public async Task The_note_of_what_was_dropped_is_an_entry_like_others()
    {
        using var output = new StuckStream();
        using (var log = new JsonLog(new ServerOptions(), output))
        {
            ILogger logger = log.CreateLogger("c");
            Log(logger, LogLevel.Error);
            await RunningServer.UntilAsync(() => Task.FromResult(output.IsEntered));
            string text = new('x', 1 << 20);
            for (int i = 0; i < 20; i++) Log(logger, LogLevel.Information, ("text", text), ("again", text));
            output.Open();
        }

        JsonElement note = JsonDocument.Parse(output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        Assert.Equal(("warning", JsonLog.Category), (note.GetProperty("level").GetString(), note.GetProperty("category").GetString()));
        Assert.InRange(note.GetProperty("dropped").GetInt32(), 12, 13); // of 2 MiB each, 16 MiB wait
    }

    private static void Log(ILogger logger, LogLevel level, params (string Name, object? Value)[] values)
    {
        KeyValuePair<string, object?>[] state = Array.ConvertAll(values, value => KeyValuePair.Create(value.Name, value.Value));
        logger.Log(level, default, state, null, (_, _) => "said");
    }

    private static JsonElement[] Entries(MemoryStream output) =>
        [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class StuckStream : Stream
    {
        private readonly ManualResetEventSlim gate = new();
        private readonly MemoryStream taken = new();
        private int refused;

        public int Refuses { get; init; }

        public bool IsEntered { get; private set; }

        public string Text
        {
            get
            {
                lock (taken) return Encoding.UTF8.GetString(taken.ToArray());
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Open() => gate.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsEntered = true;
            gate.Wait(TestContext.Current.CancellationToken);
            if (refused++ < Refuses) throw new IOException("no");
            lock (taken) taken.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
