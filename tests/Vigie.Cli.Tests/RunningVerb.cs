using System.Text.Json;

namespace Vigie.Cli.Tests;

/// <summary>A verb that serves until it is stopped, run inside this process with <c>--json</c>.</summary>
internal sealed class RunningVerb : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task<int> running;

    private RunningVerb(CliSession session, string[] args, FirstLine output, TextWriter error) =>
        running = Shell.RunAsync(Program.Verbs, [.. args, "--json"], session.TerminalOver(output, error), stop.Token);

    /// <summary>What it said when it was ready.</summary>
    public JsonElement Said { get; private set; }

    public Uri Url => new(Said.GetProperty("url").GetString()!);

    public static async Task<RunningVerb> StartAsync(CliSession session, params string[] args)
    {
        var output = new FirstLine();
        var error = new StringWriter();
        var verb = new RunningVerb(session, args, output, error);
        await Task.WhenAny(output.Line, verb.running).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(output.Line.IsCompleted, error.ToString());
        using JsonDocument said = JsonDocument.Parse(await output.Line);
        verb.Said = said.RootElement.Clone();
        return verb;
    }

    /// <summary>Stops it and answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await stop.CancelAsync();
        return await running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    /// <summary>Hands out the first line as soon as it is complete.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => line.Task;

        public override void Flush()
        {
            if (ToString().IndexOf('\n', StringComparison.Ordinal) is > 0 and int end) line.TrySetResult(ToString()[..end]);
        }
    }
}
