namespace Vigie.Pipelines;

/// <summary>A place that holds contents by name: <c>files/md5/xx/…</c> and <c>runs/…</c> below its address.</summary>
public interface IRemote
{
    /// <summary>Whether things can be written there.</summary>
    bool IsWritable { get; }

    /// <summary>Which of these relative paths are there.</summary>
    Task<IReadOnlySet<string>> PresentAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation);

    /// <summary>All relative paths below a folder; what cannot be listed (HTTP) throws <see cref="NotSupportedException"/>.</summary>
    IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellation);

    /// <summary>Fetches a file into a local one that is not there yet, going on where a partial one ends.</summary>
    Task DownloadAsync(string path, string localFile, CancellationToken cancellation);

    /// <summary>Sends a file; under its name only when it is whole.</summary>
    Task UploadAsync(string localFile, string path, CancellationToken cancellation);

    /// <summary>Removes a file.</summary>
    Task DeleteAsync(string path, CancellationToken cancellation);
}

/// <summary>Moves contents between the cache and a remote: what the other side lacks, in parallel, verified by hash.</summary>
public sealed class Transfer
{
    /// <summary>Between a repository's cache and one of its remotes.</summary>
    /// <param name="config">The repository.</param>
    /// <param name="remote">A remote's name; null for the default.</param>
    /// <param name="jobs">How many files at once.</param>
    /// <exception cref="PipelineException">There is no such remote, or its address is of no known kind.</exception>
    public static Transfer To(PipelineConfig config, string? remote, int jobs) => throw new NotImplementedException();

    /// <summary>Sends contents. A folder's own object goes last, so that a remote never names files that it has not got.</summary>
    /// <returns>How many files went.</returns>
    public Task<int> PushAsync(IReadOnlyCollection<ContentId> contents, IProgress<StorageProgress>? progress, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Fetches contents into the cache.</summary>
    /// <returns>How many files came.</returns>
    /// <exception cref="MissingContentException">The remote has not got some; all others came.</exception>
    public Task<int> FetchAsync(IReadOnlyCollection<ContentId> contents, IProgress<StorageProgress>? progress, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Sends the run cache.</summary>
    public Task<int> PushRunsAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Fetches the run cache.</summary>
    public Task<int> FetchRunsAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Which of these contents the remote has not got whole, and which the cache has not got: <c>status --cloud</c>.</summary>
    public Task<(IReadOnlyList<ContentId> MissingThere, IReadOnlyList<ContentId> MissingHere)> CompareAsync(IReadOnlyCollection<ContentId> contents, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Removes from the remote what is in none of these names.</summary>
    public Task<int> CollectAsync(IReadOnlySet<string> keep, bool dryRun, CancellationToken cancellation) => throw new NotImplementedException();
}
