using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Which store the tracking verbs work on.</summary>
internal sealed class StoreOptions
{
    private const string DatabaseVariable = "VIGIE_DATABASE";

    private readonly Option<string?> data = new("--data") { Description = "The folder of the database vigie.db and of artifacts/; without it .vigie, or VIGIE_HOME", HelpName = "DIR" };
    private readonly Option<string?> database = new("--database") { Description = "Another database: postgresql://USER@HOST/NAME or sqlite:///FILE; a password can stand in VIGIE_DATABASE instead, which this option goes before", HelpName = "ADDRESS" };
    private readonly Option<string?> artifacts = new("--artifacts") { Description = "Another place for files: a folder, or s3://BUCKET/PREFIX with the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and MLFLOW_S3_ENDPOINT_URL", HelpName = "PLACE" };

    public void AddTo(Command command)
    {
        command.Options.Add(data);
        command.Options.Add(database);
        command.Options.Add(artifacts);
    }

    /// <summary>Opens the store, and makes it where it is missing.</summary>
    /// <exception cref="InvalidInputException">An option names no place that a store could be in.</exception>
    public async Task<MlflowStore> OpenAsync(VerbRun run)
    {
        IArtifactStore files = Files(run, run.Value(artifacts), Folder(run));
        return await MlflowStore.OpenAsync(Database(run).Address, files, run.Clock, run.Stop);
    }

    /// <summary>Opens a store that is there.</summary>
    /// <exception cref="InvalidInputException">There is none, or an option names no place that a store could be in.</exception>
    public Task<MlflowStore> OpenExistingAsync(VerbRun run)
    {
        LocalDatabase there = Database(run);
        return there.IsThere ? OpenAsync(run) : throw new InvalidInputException($"there is no store in {there.Shown}; 'vigie tracking serve' and 'vigie tracking user' make one");
    }

    private string Folder(VerbRun run) => run.Value(data) is { } given ? ModelFolder.PathOf(run, given) : run.StateFolder;

    private LocalDatabase Database(VerbRun run)
    {
        if (run.Value(database) is { } given) return LocalDatabase.Of(given, "--database", "", run.Terminal.WorkingFolder);
        return run.Terminal.Variable(DatabaseVariable) is { Length: > 0 } set ? LocalDatabase.Of(set, DatabaseVariable, "", run.Terminal.WorkingFolder) : LocalDatabase.In(Folder(run));
    }

    /// <summary>The options given, as another verb would be told of the same store; a database may have a password and is named only.</summary>
    public string Arguments(VerbRun run) =>
        $"{(run.Value(data) is { } folder ? $" --data {Terminal.Printable(folder)}" : "")}{(run.Value(database) is { } address ? $" --database {Terminal.Printable(MlflowEnvironment.WithoutSecrets(address))}" : "")}";

    private static IArtifactStore Files(VerbRun run, string? place, string folder) => place switch
    {
        null => new FolderArtifactStore(Path.Combine(folder, "artifacts"), run.Clock),
        _ when place.StartsWith("s3://", StringComparison.Ordinal) => new S3ArtifactStore(S3Settings.Read(place, run.Terminal.Variable)),
        _ when place.Contains("://", StringComparison.Ordinal) => throw new InvalidInputException($"--artifacts {Terminal.Printable(place)}: expected a folder or s3://BUCKET/PREFIX"),
        _ => new FolderArtifactStore(ModelFolder.PathOf(run, place), run.Clock),
    };
}
