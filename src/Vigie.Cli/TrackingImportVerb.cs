using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Mlflow.Client;
using Vigie.Mlflow.Import;

namespace Vigie.Cli;

/// <summary><c>vigie tracking import</c>: what an MLflow folder or server holds, taken over.</summary>
internal static class TrackingImportVerb
{
    public static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("SOURCE") { Description = "An mlruns folder, or the address of an MLflow server (MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD, let in)" };
        var store = new StoreOptions();
        var command = new Command("import", "Take over experiments, runs, models and files; run again, it goes on where it stopped and adds nothing twice") { source };
        store.AddTo(command);
        return command
            .WithExamples("vigie tracking import mlruns", "vigie tracking import http://127.0.0.1:5001 --data mlflow")
            .Does(terminal, async run =>
            {
                string from = run.Required(source);
                MlflowEnvironment environment = MlflowEnvironment.Read(terminal.Variable) with { TrackingUri = from };
                using MlflowClient? server = environment.IsServer ? new MlflowClient(MlflowClientOptions.From(environment) with { Clock = run.Clock }) : null;
                MlrunsFolder? folder = server is null ? new MlrunsFolder(ModelFolder.PathOf(run, from)) : null; // what is none leaves no store behind
                await using MlflowStore opened = await store.OpenAsync(run);
                ImportReport report;
                using (ProgressBoard board = run.ShowProgress())
                {
                    IProgress<ImportProgress> progress = board.Stage<ImportProgress>("importing", at => new Amount(at.SoFar.Runs + at.SoFar.RunsThereAlready, null, at.At));
                    report = folder is not null
                        ? await folder.ImportAsync(opened, progress, run.Stop)
                        : await new ServerImport(server!).ImportAsync(opened, progress, run.Stop);
                }

                run.Print(report, console =>
                {
                    terminal.Out.WriteLine(
                        $"taken over: {report.Experiments:N0} experiments, {report.Runs:N0} runs, {report.LoggedModels:N0} logged models, {report.RegisteredModels:N0} registered models, "
                        + $"{report.ModelVersions:N0} versions, {report.Files:N0} files ({report.Bytes / 1e6:N1} MB); there already: {report.RunsThereAlready:N0} runs");
                    if (report.Skipped.Count > 0) console.PrintTable(["left out", "why"], [.. report.Skipped.Select(skipped => new[] { skipped.What, skipped.Why })]);
                });
            });
    }
}
