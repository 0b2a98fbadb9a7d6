using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Cli;

/// <summary>Which store the tracking verbs work on.</summary>
internal sealed class StoreOptions
{
    private readonly Option<string?> data = new("--data") { Description = "The folder of the database vigie.db and of artifacts/; without it .vigie, or VIGIE_HOME", HelpName = "DIR" };
    private readonly Option<string?> database = new("--database") { Description = "Another database: postgresql://USER@HOST/NAME or sqlite:///FILE; a password can stand in VIGIE_DATABASE instead, which this option goes before", HelpName = "ADDRESS" };
    private readonly Option<string?> artifacts = new("--artifacts") { Description = "Another place for files: a folder, or s3://BUCKET/PREFIX with the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and MLFLOW_S3_ENDPOINT_URL", HelpName = "PLACE" };

    public void AddTo(Command command)
    {
        command.Options.Add(data);
        command.Options.Add(database);
        command.Options.Add(artifacts);
    }

    public async Task<MlflowStore> OpenAsync(VerbRun run)
    {
        string folder = run.Value(data) is { } given ? ModelFolder.PathOf(run, given) : run.StateFolder;
        string address = run.Value(database) ?? (run.Terminal.Variable("VIGIE_DATABASE") is { Length: > 0 } set ? set : Path.Combine(folder, "vigie.db"));
        return await MlflowStore.OpenAsync(address, Files(run, run.Value(artifacts), folder), run.Clock, run.Stop);
    }

    private static IArtifactStore Files(VerbRun run, string? place, string folder) => place switch
    {
        null => new FolderArtifactStore(Path.Combine(folder, "artifacts"), run.Clock),
        _ when place.StartsWith("s3://", StringComparison.Ordinal) => new S3ArtifactStore(S3Settings.Read(place, run.Terminal.Variable)),
        _ when place.Contains("://", StringComparison.Ordinal) => throw new InvalidInputException($"--artifacts {Terminal.Printable(place)}: expected a folder or s3://BUCKET/PREFIX"),
        _ => new FolderArtifactStore(ModelFolder.PathOf(run, place), run.Clock),
    };
}
