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

    /// <summary>Whether a relative path is that of an entry: <c>KK/KEY/VALUE</c>.</summary>
    internal static bool IsEntry(string path) =>
        path.Split('/') is [{ Length: 2 } first, { Length: 64 } key, { Length: 64 } value] && key.StartsWith(first, StringComparison.Ordinal) && (key + value).All(char.IsAsciiHexDigitLower);

    /// <summary>Gives a fetched file its place, if it is what its name says.</summary>
    internal bool Admit(string path, string temporary)
    {
        bool isEntry = TryRead(temporary) is { } stage && RunCacheName.Of(stage) is var name && path == $"{name.Key[..2]}/{name.Key}/{name.Value}";
        if (!isEntry)
        {
            File.Delete(temporary);
            return false;
        }
        string target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(temporary, target, overwrite: true);
        return true;
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
