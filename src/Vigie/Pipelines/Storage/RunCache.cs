namespace Vigie.Pipelines;

/// <summary>What stages made before, by what went in (<c>.dvc/cache/runs</c>).</summary>
public sealed class RunCache
{
    private readonly string folder;

    /// <summary>The run cache of a repository.</summary>
    public RunCache(PipelineConfig config) => folder = Path.Combine(config.CacheFolder, "runs");

    /// <summary>Full path of its folder.</summary>
    public string Folder => folder;

    /// <summary>What came of the same inputs before; those first whose outputs the store has. Corrupt files are passed over.</summary>
    public LockedStage? Find(string key, ContentStore store)
    {
        string place = PlaceOf(key);
        if (!Directory.Exists(place)) return null;
        LockedStage? second = null;
        foreach (string file in Directory.EnumerateFiles(place).Order(StringComparer.Ordinal))
        {
            if (TryRead(file) is not { } stage || RunCacheName.Of(stage) is var name && (name.Key != key || name.Value != Path.GetFileName(file))) continue;
            if (stage.Outputs.All(output => store.Has(output.Content))) return stage;
            second ??= stage;
        }
        return second;
    }

    /// <summary>Keeps what came of a run.</summary>
    public void Save(LockedStage stage)
    {
        RunCacheName name = RunCacheName.Of(stage);
        string path = Path.Combine(PlaceOf(name.Key), name.Value);
        if (!File.Exists(path)) AtomicFile.Write(path, LockFile.WriteOne(stage));
    }

    private string PlaceOf(string key) => Path.Combine(folder, key[..2], key);

    private static LockedStage? TryRead(string file)
    {
        try
        {
            return LockFile.ReadOne(file, File.ReadAllText(file));
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
