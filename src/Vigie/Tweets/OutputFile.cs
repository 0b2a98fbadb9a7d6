using System.IO.Compression;
using ZstdSharp;

namespace Vigie.Tweets;

/// <summary>
/// A file being written, packed as its name says (.gz, .zst). Until <see cref="Complete"/> it stands under a name of its own beside the target,
/// so that what was there before stays whole and nothing is ever half-written.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly FileStream file;
    private readonly string path, partial;
    private bool written;

    private OutputFile(string path, string partial, FileStream file)
    {
        (this.path, this.partial, this.file) = (path, partial, file);
        Stream = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".gz" => new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true),
            ".zst" => new CompressionStream(file, leaveOpen: true),
            _ => file,
        };
    }

    public Stream Stream { get; }

    public static OutputFile Create(string path)
    {
        if (Directory.Exists(path)) throw new InvalidInputException($"{path} is a folder; name a file to write");
        if (Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase))
            throw new InvalidInputException($"{path}: zip archives are read, not written; use .gz or .zst");
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            string partial = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.partial");
            return new OutputFile(path, partial, new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Ends the writing: every byte is on the disk, still under the name of its own.</summary>
    public void Finish()
    {
        if (Stream != file) Stream.Dispose();
        file.Flush(flushToDisk: true);
        file.Dispose();
        written = true;
    }

    /// <summary>Gives the finished file its name.</summary>
    public void Complete()
    {
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Removes what was written, unless it was completed.</summary>
    public void Dispose()
    {
        if (!written)
        {
            if (Stream != file) Stream.Dispose();
            file.Dispose();
        }

        File.Delete(partial);
    }
}
