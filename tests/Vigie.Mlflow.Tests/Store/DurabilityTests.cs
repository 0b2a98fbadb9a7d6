using System.Diagnostics;
using System.Globalization;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Tests;
using Vigie.Mlflow.Tests.Server;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestPipelineStartup(typeof(WriterToKill))]

namespace Vigie.Mlflow.Tests;

/// <summary>A process that logs is killed without warning. What it was told is written must be there.</summary>
public sealed class DurabilityTests
{
    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        var acknowledged = new HashSet<string>();
        for (int round = 0; round < 5; round++)
        {
            int before = acknowledged.Count;
            await WriteAndKillAsync(database.Address, acknowledged, before + 100 + 150 * round);

            await using MlflowStore store = await database.OpenStoreAsync();
            Assert.Equal("ok", await store.Database.ReadAsync(session => session.ScalarAsync<string>("PRAGMA integrity_check"), TestContext.Current.CancellationToken));
            foreach (IGrouping<string, string[]> run in acknowledged.Select(line => line.Split(' ')).GroupBy(parts => parts[1]))
            {
                HashSet<long> steps = [.. (await store.Runs.MetricHistoryAsync(run.Key, "m")).Items.Select(metric => metric.Step)];
                Assert.All(run, parts => Assert.Contains(long.Parse(parts[2], CultureInfo.InvariantCulture), steps));
                // Each write is whole: a metric, its latest and a param belong to one transaction.
                Run found = await store.Runs.GetAsync(run.Key);
                Assert.Equal(steps.Max(), Assert.Single(found.Data.Metrics).Step);
                Assert.Equal(steps.Count, found.Data.Params.Count);
            }
        }
    }

    private static async Task WriteAndKillAsync(string address, HashSet<string> acknowledged, int enough)
    {
        using Process writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, Environment = { [WriterToKill.DatabaseVariable] = address } })!;
        try
        {
            while (acknowledged.Count < enough && await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) Take(line);
        }
        finally
        {
            writer.Kill(); // SIGKILL, in the midst of whatever it does
        }

        while (await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            Take(line); // what stood in the pipe

        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(acknowledged.Count >= enough, "the writer ended by itself");

        void Take(string line)
        {
            if (line.StartsWith("ack ", StringComparison.Ordinal) && line.EndsWith(" .", StringComparison.Ordinal)) acknowledged.Add(line); // the last line may be cut
        }
    }
}

/// <summary>
/// The process to be killed is this program, started again with a variable that names a database: instead of running tests it logs, and prints what was
/// acknowledged. With the variable of <see cref="ServerToKill"/> it serves.
/// </summary>
public sealed class WriterToKill : ITestPipelineStartup
{
    public const string DatabaseVariable = "VIGIE_MLFLOW_TEST_WRITER";

    public async ValueTask StartAsync(IMessageSink diagnosticMessageSink)
    {
        if (Environment.GetEnvironmentVariable(ServerToKill.FolderVariable) is { Length: > 0 } folder) await ServerToKill.ServeAsync(folder);
        if (Environment.GetEnvironmentVariable(DatabaseVariable) is not { Length: > 0 } address) return;
        await using MlflowStore store = await MlflowStore.OpenAsync(address, new FolderArtifactStore(Path.Combine(Path.GetDirectoryName(address)!, "files")), TimeProvider.System);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            string run = (await store.Runs.CreateAsync("0")).Info.RunId;
            for (int step = 0; ; step++)
            {
                await store.Runs.LogBatchAsync(run, [new Metric("m", step, step, step)], [new Param($"p{step}", "x")], []);
                lock (output) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ack {run} {step} ."));
            }
        })));
    }

    public ValueTask StopAsync() => ValueTask.CompletedTask;
}
