namespace Vigie.Pipelines;

/// <summary>How far hashing, linking or a transfer is.</summary>
/// <param name="Done">Files done.</param>
/// <param name="Files">All files, as far as they are known.</param>
/// <param name="Bytes">Bytes done.</param>
public readonly record struct StorageProgress(long Done, long Files, long Bytes);

/// <summary>The files of a folder, by relative path with forward slashes, in ordinal order.</summary>
/// <param name="Files">Path and MD5.</param>
public sealed record ContentTree(IReadOnlyList<KeyValuePair<string, string>> Files)
{
    /// <summary>The bytes that DVC keeps of a folder, and whose MD5 names it.</summary>
    public byte[] ToBytes() => throw new NotImplementedException();

    /// <summary>From those bytes.</summary>
    public static ContentTree Parse(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();
}

/// <summary>
/// Hashes files and folders of the workspace in parallel, and remembers by inode, size and modification time what it hashed (<c>.dvc/tmp</c>), so that what did not change is not read again.
/// </summary>
public sealed class ContentHasher : IDisposable
{
    /// <summary>Opens the memory of a repository. A memory that cannot be read is begun anew.</summary>
    public ContentHasher(PipelineConfig config) => throw new NotImplementedException();

    /// <summary>What paths hold, in their order; null for one that is not there. Files that .dvcignore leaves out do not count.</summary>
    public IReadOnlyList<ContentId?> Hash(IReadOnlyList<string> fullPaths, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The files of a folder.</summary>
    public ContentTree Tree(string folder, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Writes down what was learnt.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>What the workspace should hold at a path but does not, or the other way round.</summary>
public enum CheckoutChange
{
    /// <summary>It was not there.</summary>
    Added,

    /// <summary>It was another.</summary>
    Modified,

    /// <summary>It should not be there.</summary>
    Deleted,
}

/// <summary>The cache: contents by MD5, each file once (<c>.dvc/cache/files/md5</c>). Files get their name when they are whole.</summary>
public sealed class ContentStore
{
    /// <summary>The cache of a repository.</summary>
    public ContentStore(PipelineConfig config, ContentHasher hasher) => throw new NotImplementedException();

    /// <summary>The file that holds a content.</summary>
    public string PathOf(string md5) => throw new NotImplementedException();

    /// <summary>Whether all of a content is there: of a folder, each of its files.</summary>
    public bool Has(ContentId content) => throw new NotImplementedException();

    /// <summary>The files of a folder's content; null where the store has not got it.</summary>
    public ContentTree? Tree(ContentId content) => throw new NotImplementedException();

    /// <summary>All names that a content consists of: its own, and those of a folder's files.</summary>
    /// <returns>Null where the folder's own is not there, so its files are not known.</returns>
    public IReadOnlyList<string>? Names(ContentId content) => throw new NotImplementedException();

    /// <summary>Takes a file or folder in and links it back into the workspace, as the configuration says: reflink, hardlink, symlink or copy.</summary>
    public ContentId Add(string fullPath, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>
    /// Makes a path hold a content: only files that differ are touched, files that it has not got go away. Corrupt objects are found by their hash, moved out and reported as missing.
    /// </summary>
    /// <returns>What changed; null for nothing.</returns>
    /// <exception cref="MissingContentException">The store has not got all of it; nothing was changed.</exception>
    public CheckoutChange? Checkout(ContentId content, string fullPath, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Removes what is in none of these contents.</summary>
    /// <returns>How many objects and bytes went.</returns>
    public (int Objects, long Bytes) Collect(IReadOnlySet<string> keep, bool dryRun, CancellationToken cancellation = default) => throw new NotImplementedException();
}

/// <summary>A content is not in the cache; the message names it and says how to get it.</summary>
public sealed class MissingContentException(string message, IReadOnlyList<string> names) : InvalidInputException(message)
{
    /// <summary>MD5s that are missing.</summary>
    public IReadOnlyList<string> Names => names;
}

/// <summary>What stages made before, by what went in (<c>.dvc/cache/runs</c>).</summary>
public sealed class RunCache
{
    /// <summary>The run cache of a repository.</summary>
    public RunCache(PipelineConfig config) => throw new NotImplementedException();

    /// <summary>What came of the same inputs before; those first whose outputs the store has. Corrupt files are passed over.</summary>
    public LockedStage? Find(string key, ContentStore store) => throw new NotImplementedException();

    /// <summary>Keeps what came of a run.</summary>
    public void Save(LockedStage stage) => throw new NotImplementedException();
}

/// <summary>Settings of a repository: <c>.dvc/config</c>, <c>.dvc/config.local</c> over it, and where things are.</summary>
public sealed record PipelineConfig
{
    /// <summary>The folder that holds .dvc.</summary>
    public required string Root { get; init; }

    /// <summary>Whether there is a git repository around it.</summary>
    public required bool HasGit { get; init; }

    /// <summary>The folder of cache and run cache: <c>.dvc/cache</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>How workspace and cache share a file, tried in order: reflink, hardlink, symlink, copy.</summary>
    public required IReadOnlyList<string> LinkTypes { get; init; }

    /// <summary>Remotes by name.</summary>
    public required IReadOnlyDictionary<string, RemoteConfig> Remotes { get; init; }

    /// <summary>The remote that is meant where none is named; null for none.</summary>
    public string? DefaultRemote { get; init; }

    /// <summary>Whether what is written for git (dvc.lock, .dvc, .gitignore) is also staged there.</summary>
    public bool AutoStage { get; init; }

    /// <summary>The folder for what one machine alone needs: locks, hashes.</summary>
    public string TemporaryFolder => Path.Combine(Root, ".dvc", "tmp");

    /// <summary>The repository around a folder.</summary>
    /// <exception cref="PipelineException">There is none, or its configuration cannot be used.</exception>
    public static PipelineConfig Find(string workingFolder) => throw new NotImplementedException();

    /// <summary>Makes a folder a repository, as <c>dvc init</c> does.</summary>
    public static PipelineConfig Create(string folder) => throw new NotImplementedException();
}

/// <summary>A place that contents are sent to.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Url">A folder, s3://, http(s)://, ssh://.</param>
/// <param name="Settings">All settings of it by name. Secrets are among them: never printed.</param>
public sealed record RemoteConfig(string Name, string Url, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// Who may change a repository: one process at a time, by the file lock that DVC takes too (<c>.dvc/tmp/lock</c>), so that the two programs wait for each other.
/// </summary>
public sealed class RepositoryLock : IDisposable
{
    /// <summary>Takes the lock, waiting up to <paramref name="patience"/>.</summary>
    /// <param name="config">The repository.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="waiting">Told once who holds it.</param>
    /// <param name="clock">Measures the wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="PipelineException">Somebody else has it; the message says which process.</exception>
    public static Task<RepositoryLock> TakeAsync(PipelineConfig config, TimeSpan patience, Action<string>? waiting, TimeProvider clock, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Lets go.</summary>
    public void Dispose() => throw new NotImplementedException();
}
