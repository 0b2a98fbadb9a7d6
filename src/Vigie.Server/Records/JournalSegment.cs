using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using Vigie.Bundles;

namespace Vigie.Server;

/// <summary>
/// The files of a journal. Each begins with its number and the salt of its records, twice: a damaged byte there must not cost the whole file.
/// </summary>
internal static class JournalSegment
{
    public const int HeaderBytes = 2 * CopyBytes;

    private const int CopyBytes = 32;
    private const string Extension = ".journal";

    public static string PathOf(string folder, long number) => Path.Combine(folder, number.ToString("x16", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The numbers of the segments in a folder, the oldest first.</summary>
    public static long[] In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + Extension)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number) ? number : -1)
            .Where(number => number > 0)
            .Order(),
    ];

    /// <summary>Makes a new segment, safe from a loss of power with its name.</summary>
    public static SafeFileHandle Create(string folder, long number, long salt)
    {
        string path = PathOf(folder, number);
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite); // before anything is in it
            RandomAccess.Write(file, Header(number, salt), 0);
            RandomAccess.FlushToDisk(file);
            if (OperatingSystem.IsLinux()) LinuxFolder.Flush(folder);
            return file;
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Reads the salt of a segment.</summary>
    /// <returns>False where neither copy of the header is sound.</returns>
    public static bool TryReadSalt(SafeFileHandle file, long number, out long salt)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int read = RandomAccess.Read(file, header, 0);
        for (int copy = 0; copy < HeaderBytes && copy + CopyBytes <= read; copy += CopyBytes)
        {
            Span<byte> one = header.Slice(copy, CopyBytes);
            salt = BinaryPrimitives.ReadInt64LittleEndian(one[16..]);
            if (one.SequenceEqual(Header(number, salt).AsSpan(0, CopyBytes))) return true;
        }

        salt = 0;
        return false;
    }

    private static byte[] Header(long number, long salt)
    {
        byte[] header = new byte[HeaderBytes];
        "VIGIEJ1\n"u8.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), number);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), salt);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), XxHash3.HashToUInt64(header.AsSpan(0, 24)));
        header.AsSpan(0, CopyBytes).CopyTo(header.AsSpan(CopyBytes));
        return header;
    }
}
