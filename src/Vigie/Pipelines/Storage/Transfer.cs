using System.Collections.Concurrent;

namespace Vigie.Pipelines;

/// <summary>Moves contents between the cache and a remote: what the other side lacks, in parallel, verified by hash.</summary>
public sealed class Transfer : IDisposable
{
    private const string Objects = "files/md5", RunFolder = "runs", Partial = "transfers";

    private readonly PipelineConfig config;
    private readonly IRemote remote;
    private readonly string name;
    private readonly ContentStore store;
    private readonly ContentHasher hasher;
    private readonly int jobs;

    private Transfer(PipelineConfig config, RemoteConfig settings, int jobs, TimeProvider clock)
    {
        (this.config, this.jobs, name) = (config, Math.Max(1, jobs), settings.Name);
        remote = RemoteAddress.Open(settings);
        hasher = new ContentHasher(config, clock);
        store = new ContentStore(config, hasher);
    }

    /// <summary>Between a repository's cache and one of its remotes.</summary>
    /// <param name="config">The repository.</param>
    /// <param name="remote">A remote's name; null for the default.</param>
    /// <param name="jobs">How many files at once.</param>
    /// <param name="clock">Tells times.</param>
    /// <exception cref="PipelineException">There is no such remote, or its address is of no known kind.</exception>
    public static Transfer To(PipelineConfig config, string? remote, int jobs, TimeProvider clock)
    {
        string name = remote ?? config.DefaultRemote ?? throw new PipelineException(config.Remotes.Count == 0
            ? "there is no remote yet; vigie remote add NAME URL --default makes one"
            : $"no remote is the default; name one with --remote ({string.Join(", ", config.Remotes.Keys)}), or vigie remote default NAME");
        return config.Remotes.TryGetValue(name, out RemoteConfig? settings)
            ? new Transfer(config, settings, jobs, clock)
            : throw new PipelineException($"there is no remote '{name}'; there {(config.Remotes.Count == 0 ? "are none" : $"are {string.Join(", ", config.Remotes.Keys)}")}");
    }

    /// <summary>Writes down what hashing learnt, and closes connections.</summary>
    public void Dispose()
    {
        hasher.Dispose();
        (remote as IDisposable)?.Dispose();
    }

    /// <summary>Sends contents. A folder's own object goes last, so that a remote never names files that it has not got.</summary>
    /// <returns>How many files went.</returns>
    /// <exception cref="MissingContentException">The cache has not got some; all others went.</exception>
    public async Task<int> PushAsync(IReadOnlyCollection<ContentId> contents, IProgress<StorageProgress>? progress, CancellationToken cancellation)
    {
        if (!remote.IsWritable) throw new PipelineException($"the remote {name} can only be read");
        var missing = new List<string>();
        var names = new HashSet<string>();
        foreach (ContentId content in contents)
        {
            if (store.Names(content) is { } parts) names.UnionWith(parts);
            else missing.Add(content.Md5);
        }
        missing.AddRange(names.Where(part => !store.IsIntact(part)));
        names.ExceptWith(missing);
        IReadOnlySet<string> present = await remote.PresentAsync([.. names.Select(PathOf)], cancellation).ConfigureAwait(false);
        string[] absent = [.. names.Where(part => !present.Contains(PathOf(part)))];
        var count = new ProgressCount(progress);
        count.Expect(absent.Length);
        foreach (IEnumerable<string> group in new[] { absent.Where(part => !IsFolder(part)), absent.Where(IsFolder) })
        {
            await EachAsync(group, async part =>
            {
                await remote.UploadAsync(store.PathOf(part), PathOf(part), cancellation).ConfigureAwait(false);
                count.Add(new FileInfo(store.PathOf(part)).Length);
            }, cancellation).ConfigureAwait(false);
        }
        return missing.Count == 0 ? absent.Length : throw new MissingContentException($"the cache has not got {missing.Count:N0} of what was to be pushed ({missing[0]}{(missing.Count > 1 ? ", …" : "")}); the {absent.Length:N0} others went to {name}", missing);
    }

    /// <summary>Fetches contents into the cache.</summary>
    /// <returns>How many files came.</returns>
    /// <exception cref="MissingContentException">The remote has not got some, or they are not what their names say; all others came.</exception>
    public async Task<int> FetchAsync(IReadOnlyCollection<ContentId> contents, IProgress<StorageProgress>? progress, CancellationToken cancellation)
    {
        var count = new ProgressCount(progress);
        var missing = new ConcurrentBag<string>();
        int came = await FetchNamesAsync([.. contents.Select(content => content.Md5).Distinct()], count, missing, cancellation).ConfigureAwait(false);
        came += await FetchNamesAsync([.. contents.Where(content => content.IsFolder).SelectMany(content => store.Names(content) ?? []).Distinct()], count, missing, cancellation).ConfigureAwait(false);
        string[] gone = [.. missing.Distinct().Order(StringComparer.Ordinal)];
        return gone.Length == 0 ? came : throw new MissingContentException($"the remote {name} has not got {gone.Length:N0} of what was to be fetched, or has it damaged ({gone[0]}{(gone.Length > 1 ? ", …" : "")}); the {came:N0} others came", gone);
    }

    /// <summary>Sends the run cache.</summary>
    /// <returns>How many entries went.</returns>
    public async Task<int> PushRunsAsync(CancellationToken cancellation)
    {
        string folder = new RunCache(config).Folder;
        if (!Directory.Exists(folder)) return 0;
        string[] entries = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith('.')).Select(file => $"{RunFolder}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}")];
        IReadOnlySet<string> present = await remote.PresentAsync(entries, cancellation).ConfigureAwait(false);
        string[] absent = [.. entries.Where(entry => !present.Contains(entry))];
        await EachAsync(absent, entry => remote.UploadAsync(Path.Combine(folder, entry[(RunFolder.Length + 1)..]), entry, cancellation), cancellation).ConfigureAwait(false);
        return absent.Length;
    }

    /// <summary>Fetches the run cache. What is no entry of one is passed over.</summary>
    /// <returns>How many entries came.</returns>
    public async Task<int> FetchRunsAsync(CancellationToken cancellation)
    {
        var runs = new RunCache(config);
        var absent = new List<string>();
        await foreach (string path in remote.ListAsync(RunFolder, cancellation).ConfigureAwait(false))
        {
            if (RunCache.IsEntry(path[(RunFolder.Length + 1)..]) && !File.Exists(Path.Combine(runs.Folder, path[(RunFolder.Length + 1)..]))) absent.Add(path);
        }
        int came = 0;
        await EachAsync(absent, async path =>
        {
            string partial = PartialOf(Path.GetFileName(path));
            if (!await remote.DownloadAsync(path, partial, cancellation).ConfigureAwait(false)) return;
            if (runs.Admit(path[(RunFolder.Length + 1)..], partial)) Interlocked.Increment(ref came);
        }, cancellation).ConfigureAwait(false);
        return came;
    }

    /// <summary>Which of these contents the remote has not got whole, and which the cache has not got: <c>status --cloud</c>.</summary>
    public async Task<(IReadOnlyList<ContentId> MissingThere, IReadOnlyList<ContentId> MissingHere)> CompareAsync(IReadOnlyCollection<ContentId> contents, CancellationToken cancellation)
    {
        var names = contents.ToDictionary(content => content, content => store.Names(content) ?? [content.Md5]);
        IReadOnlySet<string> present = await remote.PresentAsync([.. names.Values.SelectMany(parts => parts).Distinct().Select(PathOf)], cancellation).ConfigureAwait(false);
        return ([.. contents.Where(content => !names[content].All(part => present.Contains(PathOf(part))))], [.. contents.Where(content => !store.Has(content))]);
    }

    /// <summary>Removes from the remote what is in none of these names.</summary>
    /// <returns>How many objects went.</returns>
    public async Task<int> CollectAsync(IReadOnlySet<string> keep, bool dryRun, CancellationToken cancellation)
    {
        if (!remote.IsWritable) throw new PipelineException($"the remote {name} can only be read");
        var gone = new List<string>();
        await foreach (string path in remote.ListAsync(Objects, cancellation).ConfigureAwait(false))
        {
            string part = path[(Objects.Length + 1)..].Replace("/", "", StringComparison.Ordinal);
            if (LockedEntries.IsHash(part) && !keep.Contains(part)) gone.Add(path);
        }
        if (!dryRun) await EachAsync(gone, path => remote.DeleteAsync(path, cancellation), cancellation).ConfigureAwait(false);
        return gone.Count;
    }

    private async Task<int> FetchNamesAsync(IReadOnlyCollection<string> names, ProgressCount count, ConcurrentBag<string> missing, CancellationToken cancellation)
    {
        string[] absent = [.. names.Where(part => !store.IsIntact(part))];
        count.Expect(absent.Length);
        int came = 0;
        await EachAsync(absent, async part =>
        {
            string partial = PartialOf(part);
            bool isThere = await remote.DownloadAsync(PathOf(part), partial, cancellation).ConfigureAwait(false);
            long size = isThere ? new FileInfo(partial).Length : 0;
            if (!isThere || !store.Admit(partial, part))
            {
                missing.Add(part);
                return;
            }
            Interlocked.Increment(ref came);
            count.Add(size);
        }, cancellation).ConfigureAwait(false);
        return came;
    }

    private Task EachAsync(IEnumerable<string> items, Func<string, Task> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation }, async (item, _) => await work(item).ConfigureAwait(false));

    // Beside the cache, so that a whole file only needs another name; a later run goes on where this one ended.
    private string PartialOf(string part)
    {
        string folder = Path.Combine(config.CacheFolder, Partial);
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, part);
    }

    private static bool IsFolder(string part) => part.EndsWith(".dir", StringComparison.Ordinal);

    private static string PathOf(string part) => $"{Objects}/{part[..2]}/{part[2..]}";
}
