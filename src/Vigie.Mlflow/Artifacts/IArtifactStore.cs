namespace Vigie.Mlflow.Artifacts;

/// <summary>Files of runs and models, below one root. Every path was checked by <see cref="ArtifactPath.Parse"/>.</summary>
public interface IArtifactStore
{
    /// <summary>Where an address such as <c>file:///data/artifacts/1</c> or <c>s3://bucket/1</c> lies in this store; null where it does not.</summary>
    ArtifactPath? Locate(string address);

    /// <summary>Opens a file, or a part of it.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST: no such file; a folder is none. TEMPORARILY_UNAVAILABLE: the storage is away.</exception>
    Task<ArtifactContent> OpenAsync(ArtifactPath path, ByteRange? range = null, CancellationToken cancellation = default);

    /// <summary>Writes a file, whole or not at all, and completes when it is safe from a loss of power; a file of the name is replaced.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: a folder has the name. TEMPORARILY_UNAVAILABLE: the storage is away or full.</exception>
    Task WriteAsync(ArtifactPath path, Stream content, CancellationToken cancellation = default);

    /// <summary>The files and folders directly below a folder, in the order of their names; empty where there is none.</summary>
    Task<IReadOnlyList<ArtifactFile>> ListAsync(ArtifactPath folder, CancellationToken cancellation = default);

    /// <summary>Removes a file or a folder with all below it; nothing where there is none.</summary>
    Task DeleteAsync(ArtifactPath path, CancellationToken cancellation = default);
}

/// <summary>A file opened for reading. The caller disposes it.</summary>
/// <param name="Stream">The bytes asked for, from their first.</param>
/// <param name="Offset">Where in the file they begin.</param>
/// <param name="Length">How many they are; 0 where the range asked for lies behind the file's end.</param>
/// <param name="TotalLength">Bytes of the whole file.</param>
public sealed record ArtifactContent(Stream Stream, long Offset, long Length, long TotalLength) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>Bytes <paramref name="From"/> to <paramref name="To"/>, both included, as in HTTP's Range: without From the last To bytes, without To the rest.</summary>
public sealed record ByteRange(long? From, long? To)
{
    /// <summary>The part of a file of <paramref name="total"/> bytes; of length 0 where it has none of them.</summary>
    public (long Offset, long Length) Within(long total)
    {
        if (From is not { } from) return To is { } last && last < total ? (total - last, last) : (0, total);
        return from >= total ? (total, 0) : (from, Math.Min(To ?? long.MaxValue - 1, total - 1) - from + 1);
    }
}

/// <summary>A file or folder: its path below the root, and its size in bytes for a file. Named as on the wire.</summary>
public sealed record ArtifactFile(string Path, bool IsDir, long? FileSize = null);
