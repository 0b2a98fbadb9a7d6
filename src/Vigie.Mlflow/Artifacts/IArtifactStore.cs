#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow.Artifacts;

/// <summary>Files of runs and models, below one root. Every path was checked by <see cref="ArtifactPath.Parse"/>.</summary>
public interface IArtifactStore
{
    /// <summary>What an address of this store begins with, such as <c>mlflow-artifacts:</c>; what follows is a path below the root.</summary>
    Task<ArtifactContent> OpenAsync(ArtifactPath path, ByteRange? range = null, CancellationToken cancellation = default);

    /// <summary>Writes a file, whole or not at all; a file of the name is replaced.</summary>
    Task WriteAsync(ArtifactPath path, Stream content, CancellationToken cancellation = default);

    /// <summary>The files and folders directly below a folder, in the order of their names; empty where there is none.</summary>
    Task<IReadOnlyList<ArtifactFile>> ListAsync(ArtifactPath folder, CancellationToken cancellation = default);

    /// <summary>Removes a file or a folder with all below it; nothing where there is none.</summary>
    Task DeleteAsync(ArtifactPath path, CancellationToken cancellation = default);
}

/// <summary>A file opened for reading. The caller disposes it.</summary>
public sealed record ArtifactContent(Stream Stream, long Length, long TotalLength) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>Bytes <paramref name="From"/> to <paramref name="To"/>, both included; open where null, as in HTTP's Range.</summary>
public sealed record ByteRange(long? From, long? To);

/// <summary>A file or folder: its path below the folder's root, and its size in bytes for a file. Named as on the wire.</summary>
public sealed record ArtifactFile(string Path, bool IsDir, long? FileSize);
