namespace Vigie.Mlflow.Import;

/// <summary>An <c>mlruns/</c> folder, as MLflow writes it where no server and no database is set: experiments, runs, logged models and the <c>models</c> registry.</summary>
public sealed class MlrunsFolder
{
    private readonly string root;

    /// <summary>Names a folder, which is only read.</summary>
    /// <exception cref="MlflowException">There is no such folder, or it holds neither an experiment nor a registered model.</exception>
    public MlrunsFolder(string path)
    {
        root = Path.GetFullPath(path);
        if (!Directory.Exists(root)) throw MlflowException.Invalid($"there is no folder {root}");
        if (!Folders(root).Append(Path.Combine(root, "models")).Any(folder => File.Exists(Path.Combine(folder, MlrunsSource.Meta)) || Folders(folder).Any(inner => File.Exists(Path.Combine(inner, MlrunsSource.Meta)))))
            throw MlflowException.Invalid($"{root} is no mlruns folder: no folder in it holds a {MlrunsSource.Meta}");
    }

    /// <summary>
    /// Takes all of it into a store, its files too. Ids of runs and logged models and numbers of versions stay. May be run again: it finishes what was cut
    /// off, adds what is new, and nothing twice.
    /// </summary>
    /// <exception cref="MlflowException">The store is away.</exception>
    public Task<ImportReport> ImportAsync(MlflowStore store, IProgress<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new Importer(new MlrunsSource(root), store, progress).RunAsync(cancellation);
    }

    private static string[] Folders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
}
