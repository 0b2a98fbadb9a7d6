using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;

namespace Vigie.Tweets;

/// <summary>How a file is packed, by its first bytes.</summary>
public enum Packing
{
    /// <summary>As it stands.</summary>
    None,

    /// <summary>gzip, of one or more members.</summary>
    Gzip,

    /// <summary>One file of a zip archive.</summary>
    Zip,

    /// <summary>Zstandard.</summary>
    Zstandard,
}

/// <summary>A file opened for one forward reading: unpacked by its content, its own bytes hashed on the way.</summary>
internal sealed class DataFile : IDisposable
{
    private readonly FileStream file;
    private readonly PeekableStream packed;
    private readonly IncrementalHash hash;
    private readonly ZipArchive? archive;

    // Without strict validation .NET reads a cut-off gzip file as a complete, shorter one. Hosts may decide otherwise in their own settings.
    static DataFile()
    {
        const string strict = "System.IO.Compression.UseStrictValidation";
        if (!AppContext.TryGetSwitch(strict, out _)) AppContext.SetSwitch(strict, true);
    }

    private DataFile(string path, FileStream file, string? entry)
    {
        this.file = file;
        Path = path;
        hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        packed = new PeekableStream(file, hash);
        ReadOnlySpan<byte> magic = packed.Peek(4);
        if (magic.StartsWith<byte>([0x1f, 0x8b])) (Packing, Content) = (Packing.Gzip, Peekable(new GZipStream(packed, CompressionMode.Decompress)));
        else if (magic.SequenceEqual<byte>([0x28, 0xb5, 0x2f, 0xfd])) (Packing, Content) = (Packing.Zstandard, Peekable(new DecompressionStream(packed)));
        else if (magic.StartsWith("PK"u8)) (Packing, Content, archive) = OpenZip(entry);
        else (Packing, Content) = (Packing.None, packed);
        if (entry is not null && Packing != Packing.Zip) throw new InvalidInputException($"{path}: entry '{entry}' was asked for, but the file is no zip archive");
        RefuseOtherFormats(magic);
    }

    public string Path { get; }

    public Packing Packing { get; }

    /// <summary>The unpacked bytes.</summary>
    public PeekableStream Content { get; }

    /// <summary>Bytes of the file itself read so far; a zip archive, which is not read in order, counts by the file inside.</summary>
    public long BytesRead => archive is null ? packed.Count : file.Position;

    /// <summary>Bytes of the file itself; null where it has no length, as a pipe.</summary>
    public long? Length => file.CanSeek ? file.Length : null;

    public static DataFile Open(string path, string? entry)
    {
        if (string.IsNullOrEmpty(path)) throw new InvalidInputException("an empty file name was given; name a tweet file");
        if (Directory.Exists(path)) throw new InvalidInputException($"{path} is a folder; name a file in it");
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return new DataFile(path, file, entry);
        }
        catch (Exception error)
        {
            file?.Dispose();
            throw error switch
            {
                FileNotFoundException or DirectoryNotFoundException => new InvalidInputException($"{path}: no such file", error),
                UnauthorizedAccessException => new InvalidInputException($"{path}: may not be read: {error.Message}", error),
                ArgumentException or NotSupportedException => new InvalidInputException($"'{path}' is no file name: {error.Message}", error),
                _ => AsInvalidInput(path, error),
            };
        }
    }

    /// <summary>The SHA-256 of the file's bytes, in lower-case hexadecimal. Reads what is left of the file.</summary>
    public string Digest()
    {
        var rest = new byte[1 << 16];
        if (archive is not null)
        {
            // The directory of an archive stands at its end, so it was not read in order and has not been hashed.
            file.Position = 0;
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }

        while (packed.Read(rest) > 0) { }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What a failure below the rows means to the caller: damaged content is the file's fault, the rest is passed on.</summary>
    public static Exception AsInvalidInput(string path, Exception error) => error switch
    {
        InvalidDataException or ZstdException or EndOfStreamException =>
            new InvalidInputException($"{path}: damaged or cut off, it cannot be unpacked: {error.Message}", error),
        IOException => new InvalidInputException($"{path}: cannot be read: {error.Message}", error),
        _ => error,
    };

    private (Packing Packing, PeekableStream Content, ZipArchive Archive) OpenZip(string? entry)
    {
        if (!file.CanSeek) throw new InvalidInputException($"{Path}: a zip archive can only be read from a file, not from a pipe");
        file.Position = 0;
        var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        ZipArchiveEntry[] files =
            [.. zip.Entries.Where(e => e.Name.Length > 0 && e.Name[0] != '.' && !e.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))];
        if (entry is not null) files = [.. files.Where(e => e.FullName == entry || e.Name == entry)];
        if (files.Length != 1)
        {
            string names = string.Join(", ", zip.Entries.Where(e => e.Name.Length > 0).Select(e => e.FullName).Take(20));
            throw new InvalidInputException(entry is null
                ? $"{Path}: the archive holds {(files.Length == 0 ? "no file" : "several files; name the entry to read")}: {names}"
                : $"{Path}: the archive holds {(files.Length == 0 ? "no" : "more than one")} entry '{entry}': {names}");
        }

        return (Packing.Zip, Peekable(files[0].Open()), zip);
    }

    private void RefuseOtherFormats(ReadOnlySpan<byte> magic)
    {
        string? other =
            magic.StartsWith("BZh"u8) ? "bzip2" :
            magic.StartsWith<byte>([0xfd, .. "7zX"u8]) ? "xz" :
            magic.StartsWith<byte>([.. "7z"u8, 0xbc, 0xaf]) ? "7-zip" :
            magic.StartsWith("Rar!"u8) ? "RAR" :
            magic.StartsWith("PAR1"u8) ? "Parquet" :
            magic.StartsWith("%PDF"u8) ? "PDF" : null;
        if (other is not null) throw new InvalidInputException($"{Path} is a {other} file; Vigie reads CSV, TSV and JSON Lines, plain or as .gz, .zip or .zst");
    }

    private static PeekableStream Peekable(Stream stream) => new(stream);

    public void Dispose()
    {
        Content.Dispose();
        archive?.Dispose();
        packed.Dispose();
        hash.Dispose();
    }
}
