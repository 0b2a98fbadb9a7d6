using System.Security.Cryptography;

namespace Vigie.Mlflow.Artifacts;

/// <summary>
/// Artifacts as files below a folder. A file is written beside its place, flushed, and then given its name, so that it is there whole or not at all;
/// symbolic links below the root are refused, as they lead out of it.
/// </summary>
public sealed class FolderArtifactStore : IArtifactStore
{
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1); // longer than any upload takes
    private static readonly char[] LineEnds = ['/', '\\'];

    private readonly string incoming;
    private readonly string realRoot;

    /// <summary>Creates the folder where it is missing, and removes what writes that died have left.</summary>
    /// <param name="root">The folder; its own path may go through symbolic links.</param>
    /// <param name="clock">Says what is old.</param>
    public FolderArtifactStore(string root, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        incoming = Path.Combine(Root, ArtifactPath.Own("incoming").Value.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(incoming);
        DateTime old = (clock ?? TimeProvider.System).GetUtcNow().UtcDateTime - LeftoverAge;
        foreach (FileInfo left in new DirectoryInfo(incoming).EnumerateFiles().Where(file => file.LastWriteTimeUtc < old)) left.Delete();
        realRoot = FindRealRoot();
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public ArtifactPath? Locate(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string? path = address.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            ? Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Host.Length == 0 ? uri.LocalPath : null
            : Path.IsPathFullyQualified(address) ? address : null;
        if (path is null || path.Contains('\0')) return null;
        string below = Path.GetRelativePath(Root, path);
        if (below == ".") return ArtifactPath.Root;
        if (Path.IsPathRooted(below) || below.Split(LineEnds)[0] == "..") return null;
        return ArtifactPath.Parse(below.Replace(Path.DirectorySeparatorChar, '/'));
    }

    /// <inheritdoc/>
    public Task<ArtifactContent> OpenAsync(ArtifactPath path, ByteRange? range = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Guarded(path, () => Open(path, range)));
    }

    /// <inheritdoc/>
    public async Task WriteAsync(ArtifactPath path, Stream content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (path.IsRoot) throw MlflowException.Invalid("an artifact's file needs a name");
        string target = Guarded(path, () => Checked(path));
        if (Directory.Exists(target)) throw MlflowException.Invalid($"artifact path '{path}': a folder has this name");
        string temporary = Path.Combine(incoming, RandomNumberGenerator.GetHexString(32, lowercase: true));
        try
        {
            await GuardedAsync(path, async () =>
            {
                using var file = new DurableFile(temporary);
                await file.CopyAsync(content, cancellation);
            });
            Guarded(path, () =>
            {
                MakeFolder(Path.GetDirectoryName(target)!);
                File.Move(temporary, Checked(path), overwrite: true);
                Flush(Path.GetDirectoryName(target)!);
                return true;
            });
        }
        finally
        {
            File.Delete(temporary); // moved away where all went well
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ArtifactFile>> ListAsync(ArtifactPath folder, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Guarded(folder, () => List(folder)));
    }

    /// <inheritdoc/>
    public Task DeleteAsync(ArtifactPath path, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (path.IsRoot) throw MlflowException.Invalid("the root of all artifacts is not removed; name a path below it");
        Guarded(path, () =>
        {
            string target = Checked(path);
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true); // takes links away without following them
            else if (File.Exists(target)) File.Delete(target);
            return true;
        });
        return Task.CompletedTask;
    }

    private ArtifactContent Open(ArtifactPath path, ByteRange? range)
    {
        string target = Checked(path);
        if (!File.Exists(target)) throw Missing(path);
        var file = new FileStream(target, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        try
        {
            if (OperatingSystem.IsLinux()) RefuseIfElsewhere(path, file);
            long total = file.Length;
            (long offset, long length) = range?.Within(total) ?? (0, total);
            file.Position = offset;
            return new ArtifactContent(new StreamPart(file, length), offset, length, total);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A link may be put into the path after it was checked and before it is opened; what was opened tells.</summary>
    private void RefuseIfElsewhere(ArtifactPath path, FileStream file)
    {
        string expected = $"{realRoot}/{path}";
        if (PathOf(file) is { } opened && opened != expected && opened != expected + " (deleted)") throw Linked(path); // deleted: replaced by a newer one
    }

    private static string? PathOf(FileStream file) => new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;

    /// <summary>The root's path without links, as the system tells it of a file within.</summary>
    private string FindRealRoot()
    {
        string probe = Path.Combine(incoming, RandomNumberGenerator.GetHexString(32, lowercase: true));
        using var file = new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        return PathOf(file) is { } path ? path[..^(probe.Length - Root.Length)] : Root;
    }

    private IReadOnlyList<ArtifactFile> List(ArtifactPath folder)
    {
        var directory = new DirectoryInfo(Checked(folder));
        if (!directory.Exists) return [];
        string prefix = folder.IsRoot ? "" : folder.Value + "/";
        return
        [
            .. directory.EnumerateFileSystemInfos()
                .Where(entry => entry.LinkTarget is null && !(folder.IsRoot && ArtifactPath.IsOwn(entry.Name)))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .Select(entry => new ArtifactFile(prefix + entry.Name, entry is DirectoryInfo, (entry as FileInfo)?.Length)),
        ];
    }

    /// <summary>The path in the file system, no part of which below the root is a link.</summary>
    private string Checked(ArtifactPath path)
    {
        string full = Root;
        foreach (string name in path.Names)
        {
            full = Path.Combine(full, name);
            if (new FileInfo(full).LinkTarget is not null) throw Linked(path);
        }

        return full;
    }

    private void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        string parent = Path.GetDirectoryName(folder)!;
        if (folder != Root) MakeFolder(parent);
        Directory.CreateDirectory(folder);
        Flush(parent);
    }

    private static void Flush(string folder)
    {
        // Windows keeps names with the file's own flush; macOS flushes the whole device with it.
        if (OperatingSystem.IsLinux()) LinuxFolder.Flush(folder);
    }

    private static T Guarded<T>(ArtifactPath path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (Explained(path, exception) is { } explained)
        {
            throw explained;
        }
    }

    private static async Task GuardedAsync(ArtifactPath path, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (Explained(path, exception) is { } explained)
        {
            throw explained;
        }
    }

    private static MlflowException? Explained(ArtifactPath path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(path),
        PathTooLongException => new(ErrorCode.InvalidParameterValue, $"artifact path '{path}' is too long for this file system", exception),
        UnauthorizedAccessException => new(ErrorCode.InternalError, $"artifact path '{path}': the server may not use this file", exception),
        IOException io when IsFull(io) => new(ErrorCode.TemporarilyUnavailable, "the disk of the artifacts is full; nothing was written", exception),
        IOException io when io.HResult == NotAFolder || io.HResult == FileExists =>
            new(ErrorCode.InvalidParameterValue, $"artifact path '{path}': a file has the name of one of its folders, or a folder its own", exception),
        _ => null,
    };

    private static readonly int NotAFolder = OperatingSystem.IsWindows() ? unchecked((int)0x8007010B) : 20; // ERROR_DIRECTORY, ENOTDIR

    private static readonly int FileExists = OperatingSystem.IsWindows() ? unchecked((int)0x800700B7) : 17; // ERROR_ALREADY_EXISTS, EEXIST

    private static bool IsFull(IOException exception) =>
        OperatingSystem.IsWindows() ? exception.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027) : exception.HResult is 28 or 122; // ENOSPC, EDQUOT

    private static MlflowException Missing(ArtifactPath path) => MlflowException.Missing($"no artifact '{path}'");

    private static MlflowException Linked(ArtifactPath path) => MlflowException.Invalid($"artifact path '{path}': a symbolic link is not followed");
}
