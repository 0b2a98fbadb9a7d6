using System.Buffers;
using System.IO.Enumeration;
using System.Security.Cryptography;

namespace Vigie.Pipelines;

/// <summary>How far hashing, linking or a transfer is.</summary>
/// <param name="Done">Files done.</param>
/// <param name="Files">All files, as far as they are known.</param>
/// <param name="Bytes">Bytes done.</param>
public readonly record struct StorageProgress(long Done, long Files, long Bytes);

/// <summary>
/// Hashes files and folders of the workspace in parallel, and remembers by inode, size and modification time what it hashed (<c>.dvc/tmp</c>), so that what did not change is not read again.
/// </summary>
public sealed class ContentHasher : IDisposable
{
    private const int BufferSize = 1 << 18, Deepest = 200;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly HashMemory memory;
    private readonly IgnoreFiles ignored;

    /// <summary>Opens the memory of a repository. A memory that cannot be read is begun anew.</summary>
    /// <param name="config">The repository.</param>
    /// <param name="clock">Tells which files are too new to be remembered.</param>
    public ContentHasher(PipelineConfig config, TimeProvider clock)
    {
        memory = new HashMemory(Path.Combine(config.TemporaryFolder, "vigie-hashes"), clock);
        ignored = new IgnoreFiles(config.Root);
    }

    /// <summary>What paths hold, in their order; null for one that is not there. Files that .dvcignore leaves out do not count.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public IReadOnlyList<ContentId?> Hash(IReadOnlyList<string> fullPaths, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default)
    {
        var contents = new ContentId?[fullPaths.Count];
        var count = new ProgressCount(progress);
        for (int i = 0; i < fullPaths.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            contents[i] = FileStamp.Of(fullPaths[i]) switch
            {
                null => null,
                { IsFolder: true } => IdOf(Scan(fullPaths[i], count, cancellation)),
                FileStamp stamp => new ContentId(ContentHash.Hex(HashFile(fullPaths[i], stamp, count)), stamp.Size, null, stamp.IsExecutable),
            };
        }
        return contents;
    }

    /// <summary>The files of a folder.</summary>
    public ContentTree Tree(string folder, CancellationToken cancellation = default) => TreeOf(Scan(folder, new ProgressCount(null), cancellation));

    /// <summary>Writes down what was learnt.</summary>
    public void Dispose() => memory.Save();

    /// <summary>The files of a folder with hash and stamp, in the order of their paths.</summary>
    internal IReadOnlyList<HashedFile> Scan(string folder, ProgressCount count, CancellationToken cancellation)
    {
        IReadOnlyList<string> files = Files(folder, cancellation);
        count.Expect(files.Count);
        var hashed = new HashedFile[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            FileStamp stamp = FileStamp.Of(files[i]) ?? throw new FileNotFoundException($"{files[i]} went away while it was hashed, or is a link to nothing", files[i]);
            hashed[i] = new HashedFile(files[i][(folder.Length + 1)..].Replace('\\', '/'), HashFile(files[i], stamp, count), stamp);
        });
        Array.Sort(hashed, static (a, b) => CodePointOrder.Instance.Compare(a.Path, b.Path));
        return hashed;
    }

    internal static ContentTree TreeOf(IReadOnlyList<HashedFile> files) => new([.. files.Select(file => KeyValuePair.Create(file.Path, ContentHash.Hex(file.Md5)))]);

    internal static ContentId IdOf(IReadOnlyList<HashedFile> files) =>
        new(ContentHash.OfFolder(TreeOf(files).ToBytes()), files.Sum(file => file.Stamp.Size), files.Count);

    /// <summary>The MD5 of a file, remembered or read.</summary>
    internal UInt128 HashFile(string path, in FileStamp stamp, ProgressCount? count = null)
    {
        if (memory.Find(path, stamp) is not { } md5)
        {
            md5 = Read(path);
            memory.Keep(path, stamp, md5); // whoever writes to it meanwhile gives it another stamp
        }
        count?.Add(stamp.Size);
        return md5;
    }

    /// <summary>What a file of this stamp held; null where it is not known.</summary>
    internal UInt128? Remembered(string path, in FileStamp stamp) => memory.Find(path, stamp);

    /// <summary>Remembers what a file of this stamp holds.</summary>
    internal void Remember(string path, in FileStamp stamp, UInt128 md5) => memory.Keep(path, stamp, md5);

    /// <summary>Remembers what a file that was just written holds.</summary>
    internal void Remember(string path, UInt128 md5)
    {
        if (FileStamp.Of(path) is { } stamp) memory.Keep(path, stamp, md5);
    }

    internal void Forget(string path) => memory.Forget(path);

    internal bool IsIgnored(string fullPath, bool isFolder) => ignored.IsIgnored(fullPath, isFolder);

    /// <summary>Full paths of all files below a folder that .dvcignore does not leave out.</summary>
    internal IReadOnlyList<string> Files(string folder, CancellationToken cancellation)
    {
        var files = new List<string>();
        Collect(folder, files, 0, cancellation);
        return files;
    }

    private void Collect(string folder, List<string> files, int depth, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (depth > Deepest) throw new IOException($"{folder} lies more than {Deepest} folders deep; a link may go in a circle");
        foreach ((string path, bool isFolder) in new FileSystemEnumerable<(string Path, bool IsFolder)>(folder, static (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.IsDirectory), Everything))
        {
            if (ignored.IsIgnored(path, isFolder)) continue;
            if (isFolder) Collect(path, files, depth + 1, cancellation);
            else files.Add(path);
        }
    }

    private static UInt128 Read(string path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var file = File.OpenHandle(path);
            int first = RandomAccess.Read(file, buffer, 0);
            if (first < buffer.Length)
            {
                // Mostly the whole file; one more read tells.
                int more = first == 0 ? 0 : RandomAccess.Read(file, buffer.AsSpan(first), first);
                if (more == 0) return ContentHash.Of(buffer.AsSpan(0, first));
                first += more;
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            for (long at = 0; first > 0; first = RandomAccess.Read(file, buffer, at))
            {
                hash.AppendData(buffer, 0, first);
                at += first;
            }
            return ContentHash.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>A file of a folder.</summary>
internal readonly record struct HashedFile(string Path, UInt128 Md5, FileStamp Stamp);

/// <summary>Counts for a progress, from many threads.</summary>
internal sealed class ProgressCount(IProgress<StorageProgress>? progress)
{
    private long done, files, bytes;

    public void Expect(long more) => Interlocked.Add(ref files, more);

    public void Add(long size)
    {
        if (progress is null) return;
        long now = Interlocked.Increment(ref done), sum = Interlocked.Add(ref bytes, size);
        progress.Report(new StorageProgress(now, Math.Max(now, Interlocked.Read(ref files)), sum));
    }
}
