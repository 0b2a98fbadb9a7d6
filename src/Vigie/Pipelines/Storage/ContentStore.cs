namespace Vigie.Pipelines;

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
    private const int SmallFile = 1 << 18;

    private readonly ContentHasher hasher;
    private readonly FileLinker linker;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> folders = new(StringComparer.Ordinal);
    private readonly string prefix = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long written;

    /// <summary>The cache of a repository.</summary>
    public ContentStore(PipelineConfig config, ContentHasher hasher)
    {
        this.hasher = hasher;
        linker = new FileLinker(config.LinkTypes);
        Folder = Path.Combine(config.CacheFolder, "files", "md5");
    }

    /// <summary>Full path of the folder with the objects.</summary>
    public string Folder { get; }

    /// <summary>The file that holds a content.</summary>
    public string PathOf(string md5) => Path.Combine(Folder, md5[..2], md5[2..]);

    /// <summary>Whether all of a content is there: of a folder, each of its files.</summary>
    public bool Has(ContentId content) => Names(content) is { } names && names.All(name => File.Exists(PathOf(name)));

    /// <summary>The files of a folder's content; null where the store has not got it.</summary>
    public ContentTree? Tree(ContentId content)
    {
        string path = PathOf(content.Md5);
        if (!File.Exists(path)) return null;
        byte[] bytes = File.ReadAllBytes(path);
        if (ContentHash.OfFolder(bytes) != content.Md5)
        {
            Discard(path);
            return null;
        }
        return ContentTree.Parse(bytes);
    }

    /// <summary>All names that a content consists of: its own, and those of a folder's files.</summary>
    /// <returns>Null where the folder's own is not there, so its files are not known.</returns>
    public IReadOnlyList<string>? Names(ContentId content)
    {
        if (!content.IsFolder) return [content.Md5];
        return Tree(content) is { } tree ? [content.Md5, .. tree.Files.Select(file => file.Value).Distinct()] : null;
    }

    /// <summary>Takes a file or folder in and links it back into the workspace, as the configuration says: reflink, hardlink, symlink or copy.</summary>
    /// <exception cref="IOException">It cannot be read, changes meanwhile, or there is no room.</exception>
    public ContentId Add(string fullPath, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default)
    {
        FileStamp stamp = FileStamp.Of(fullPath) ?? throw new FileNotFoundException($"{fullPath} is not there", fullPath);
        var count = new ProgressCount(progress);
        if (!stamp.IsFolder)
        {
            count.Expect(1);
            return new ContentId(ContentHash.Hex(AddFile(fullPath, stamp, count)), stamp.Size, null, stamp.IsExecutable);
        }

        IReadOnlyList<string> paths = hasher.Files(fullPath, cancellation);
        count.Expect(paths.Count);
        var files = new HashedFile[paths.Count];
        Parallel.For(0, paths.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            FileStamp file = FileStamp.Of(paths[i]) ?? throw new FileNotFoundException($"{paths[i]} went away while it was added", paths[i]);
            files[i] = new HashedFile(paths[i][(fullPath.Length + 1)..].Replace('\\', '/'), AddFile(paths[i], file, count), file);
        });
        Array.Sort(files, static (a, b) => CodePointOrder.Instance.Compare(a.Path, b.Path));
        byte[] list = ContentHasher.TreeOf(files).ToBytes();
        string name = ContentHash.OfFolder(list);
        if (!File.Exists(PathOf(name)))
        {
            AtomicFile.Write(PathOf(name), list);
            FileLinker.Protect(PathOf(name));
        }
        return new ContentId(name, files.Sum(file => file.Stamp.Size), files.Length);
    }

    /// <summary>
    /// Makes a path hold a content: only files that differ are touched, files that it has not got go away. Corrupt objects are found by their hash, removed from the cache and reported as missing.
    /// </summary>
    /// <returns>What changed; null for nothing.</returns>
    /// <exception cref="MissingContentException">The store has not got all of it; nothing was changed.</exception>
    public CheckoutChange? Checkout(ContentId content, string fullPath, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default)
    {
        FileStamp? present = FileStamp.Of(fullPath);
        ContentId? current = hasher.Hash([fullPath], null, cancellation)[0];
        if (current?.Md5 == content.Md5 && (current.IsExecutable || !content.IsExecutable || linker.Shares)) return null;

        IReadOnlyList<string>? names = Names(content);
        string[] missing = names is null ? [content.Md5] : [.. names.AsParallel().WithCancellation(cancellation).Where(name => !IsIntact(name))];
        if (missing.Length > 0) throw new MissingContentException($"the cache has not got {Describe(content, missing)} for {fullPath}; fetch it from a remote (vigie pull), or run the stage that makes it (vigie repro)", missing);

        var count = new ProgressCount(progress);
        if (content.IsFolder) PutFolder(content, fullPath, present, count, cancellation);
        else PutFile(content, fullPath, present);
        return present is null ? CheckoutChange.Added : CheckoutChange.Modified;
    }

    /// <summary>Whether an object is there and is what its name says; one that is not is removed.</summary>
    /// <param name="name">MD5, with <c>.dir</c> for a folder's.</param>
    public bool IsIntact(string name)
    {
        string path = PathOf(name);
        if (FileStamp.Of(path) is not { } stamp) return false;
        if (hasher.HashFile(path, stamp) == ContentHash.FromHex(name)) return true;
        Discard(path);
        return false;
    }

    /// <summary>Removes what is in none of these contents.</summary>
    /// <returns>How many objects and bytes went.</returns>
    public (int Objects, long Bytes) Collect(IReadOnlySet<string> keep, bool dryRun, CancellationToken cancellation = default)
    {
        (int objects, long bytes) = (0, 0);
        foreach (string name in All())
        {
            cancellation.ThrowIfCancellationRequested();
            if (keep.Contains(name)) continue;
            string path = PathOf(name);
            objects++;
            bytes += new FileInfo(path).Length;
            if (!dryRun) Discard(path);
        }
        return (objects, bytes);
    }

    /// <summary>The names of all objects.</summary>
    public IEnumerable<string> All() => !Directory.Exists(Folder) ? [] : Directory.EnumerateDirectories(Folder)
        .Where(folder => Path.GetFileName(folder).Length == 2)
        .SelectMany(folder => Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(folder) + Path.GetFileName(file)))
        .Where(LockedEntries.IsHash);

    /// <summary>Gives a whole file the name of its content.</summary>
    /// <param name="temporary">The file, in the cache's file system; gone afterwards.</param>
    /// <param name="name">What it should hold.</param>
    /// <returns>Whether it holds that; if not, it is removed.</returns>
    internal bool Admit(string temporary, string name)
    {
        FileStamp stamp = FileStamp.Of(temporary) ?? throw new FileNotFoundException($"{temporary} is not there", temporary);
        UInt128 md5 = hasher.HashFile(temporary, stamp);
        hasher.Forget(temporary);
        if (md5 != ContentHash.FromHex(name))
        {
            File.Delete(temporary);
            return false;
        }
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileLinker.Protect(temporary);
        File.Move(temporary, path, overwrite: true);
        hasher.Remember(path, md5);
        return true;
    }

    private UInt128 AddFile(string path, in FileStamp stamp, ProgressCount count)
    {
        if (linker.CopiesBytes && stamp.IsFile && stamp.Size < SmallFile) return AddSmallFile(path, stamp, count);
        UInt128 md5 = hasher.HashFile(path, stamp, count);
        string kept = PathOf(ContentHash.Hex(md5));
        if (!File.Exists(kept)) linker.TakeIn(path, kept, md5);
        linker.LinkBack(kept, path, stamp);
        return md5;
    }

    // Read once: what is hashed is what is written.
    private UInt128 AddSmallFile(string path, in FileStamp stamp, ProgressCount count)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(SmallFile);
        try
        {
            if (hasher.Remembered(path, stamp) is { } known && File.Exists(PathOf(ContentHash.Hex(known)))) return Done(known, stamp);
            int length = PosixFile.Read(path, buffer);
            if (length < 0) throw new IOException($"{path} cannot be read, or has grown while it was added");
            UInt128 md5 = ContentHash.Of(buffer.AsSpan(0, length));
            string kept = PathOf(ContentHash.Hex(md5));
            if (!File.Exists(kept))
            {
                string folder = Path.GetDirectoryName(kept)!;
                if (folders.TryAdd(folder, true)) Directory.CreateDirectory(folder);
                PosixFile.WriteProtected($"{folder}/.{prefix}{Interlocked.Increment(ref written)}.tmp", kept, buffer.AsSpan(0, length));
            }
            hasher.Remember(path, stamp, md5);
            return Done(md5, stamp);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        UInt128 Done(UInt128 md5, in FileStamp stamp)
        {
            linker.LinkBack(PathOf(ContentHash.Hex(md5)), path, stamp);
            count.Add(stamp.Size);
            return md5;
        }
    }

    private void PutFile(ContentId content, string fullPath, in FileStamp? present)
    {
        if (present is { IsFolder: true }) Remove(fullPath);
        Directory.CreateDirectory(Path.GetDirectoryName(fullPath)!);
        linker.Put(PathOf(content.Md5), fullPath, content.IsExecutable);
        hasher.Remember(fullPath, ContentHash.FromHex(content.Md5));
    }

    private void PutFolder(ContentId content, string fullPath, in FileStamp? present, ProgressCount count, CancellationToken cancellation)
    {
        ContentTree wanted = Tree(content)!;
        if (present is { IsFolder: false }) File.Delete(fullPath);
        Directory.CreateDirectory(fullPath);
        var here = hasher.Scan(fullPath, new ProgressCount(null), cancellation).ToDictionary(file => file.Path, file => ContentHash.Hex(file.Md5), StringComparer.Ordinal);
        foreach (string gone in here.Keys.Except(wanted.Files.Select(file => file.Key), StringComparer.Ordinal)) RemoveWithin(fullPath, gone);
        KeyValuePair<string, string>[] differing = [.. wanted.Files.Where(file => here.GetValueOrDefault(file.Key) != file.Value)];
        count.Expect(differing.Length);
        foreach (string folder in differing.Select(file => Path.GetDirectoryName(Path.Combine(fullPath, file.Key))!).Distinct(StringComparer.Ordinal)) Directory.CreateDirectory(folder);
        Parallel.ForEach(differing, new ParallelOptions { CancellationToken = cancellation }, file =>
        {
            string path = Path.Combine(fullPath, file.Key);
            linker.Put(PathOf(file.Value), path, isExecutable: false);
            UInt128 md5 = ContentHash.FromHex(file.Value);
            hasher.Remember(path, md5);
            count.Add(FileStamp.Of(path)?.Size ?? 0);
        });
    }

    /// <summary>Removes a file or folder of the workspace; of a folder not what .dvcignore leaves out.</summary>
    internal void Remove(string fullPath)
    {
        if (!Directory.Exists(fullPath) || new DirectoryInfo(fullPath).LinkTarget is not null)
        {
            if (Directory.Exists(Path.GetDirectoryName(fullPath))) File.Delete(fullPath);
            return;
        }
        foreach (string file in hasher.Files(fullPath, CancellationToken.None)) File.Delete(file);
        RemoveEmpty(fullPath);
    }

    private static void RemoveWithin(string folder, string relative)
    {
        string path = Path.Combine(folder, relative);
        File.Delete(path);
        for (string parent = Path.GetDirectoryName(path)!; parent != folder && !Directory.EnumerateFileSystemEntries(parent).Any(); parent = Path.GetDirectoryName(parent)!) Directory.Delete(parent);
    }

    private static void RemoveEmpty(string folder)
    {
        foreach (string inner in Directory.EnumerateDirectories(folder)) RemoveEmpty(inner);
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    private void Discard(string path)
    {
        hasher.Forget(path);
        File.Delete(path);
    }

    private static string Describe(ContentId content, string[] missing) =>
        !content.IsFolder || missing[0] == content.Md5 ? content.Md5 : $"{missing.Length:N0} of the files of {content.Md5} ({missing[0]}{(missing.Length > 1 ? ", …" : "")})";
}

/// <summary>A content is not in the cache; the message names it and says how to get it.</summary>
public sealed class MissingContentException(string message, IReadOnlyList<string> names) : InvalidInputException(message)
{
    /// <summary>MD5s that are missing.</summary>
    public IReadOnlyList<string> Names => names;
}
