using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

// A training that logs itself, and the question which of its runs was best:
//   dotnet run --project samples/TrackRuns                                             into the folder tracked/
//   MLFLOW_TRACKING_URI=http://127.0.0.1:5000 dotnet run --project samples/TrackRuns   to a server, this library's or MLflow's own
try
{
    MlflowEnvironment environment = MlflowEnvironment.Read();
    RunStart start = RunStart.From(environment) with { ExperimentName = environment.ExperimentName ?? "descent" };
    var best = new Search { Filter = "attributes.status = 'FINISHED'", OrderBy = ["metrics.loss ASC"], MaxResults = 3 };
    Page<Run> found;
    if (environment.IsServer)
    {
        using MlflowClient client = MlflowClient.FromEnvironment();
        string experiment = await TrainAllAsync(async name => await HttpRunLog.StartAsync(client, start with { RunName = name }));
        found = await client.Runs.SearchAsync([experiment], best);
    }
    else
    {
        var files = new FolderArtifactStore("tracked/artifacts", TimeProvider.System);
        await using MlflowStore store = await MlflowStore.OpenAsync(environment.TrackingUri ?? "tracked/vigie.db", files, TimeProvider.System);
        string experiment = await TrainAllAsync(async name => await StoreRunLog.StartAsync(store, start with { RunName = name }));
        found = await store.Runs.SearchAsync([experiment], best);
    }

    foreach (Run run in found.Items)
        Console.WriteLine($"{run.Info.RunName}: loss {run.Data.Metrics.Single(metric => metric.Key == "loss").Value:0.000000}");
    return 0;
}
catch (Exception refusal) when (refusal is MlflowException or StoreException)
{
    Console.Error.WriteLine(refusal.Message); // says what to change
    return 2;
}

static async Task<string> TrainAllAsync(Func<string, Task<IRunLog>> startAsync)
{
    string experiment = "";
    foreach (double rate in (double[])[0.01, 0.1, 0.3])
    {
        // Disposing a run that has not ended marks it FAILED, so an exception in the loop does not leave it RUNNING.
        await using IRunLog run = await startAsync($"rate-{rate}");
        experiment = run.Info.ExperimentId;
        run.LogParam("rate", $"{rate}");
        for (double step = 0, x = 10; step < 50; step++)
        {
            run.LogMetric("loss", x * x, (long)step); // taken at once, sent in the background
            x -= rate * 2 * x;
        }

        await run.LogTextAsync("x starts at 10\n", "notes.txt");
        await run.FinishAsync(); // returns when everything is safe with the store
    }

    return experiment;
}
