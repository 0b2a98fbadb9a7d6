using System.Security.Cryptography;
using System.Text;

namespace Vigie.Pipelines;

/// <summary>Writes files that are whole or not there at all.</summary>
internal static class AtomicFile
{
    /// <summary>Puts bytes in the place of a file.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="isDurable">Whether it is to outlast a loss of power: flushed before it gets its name.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool isDurable = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = Temporary(path);
        try
        {
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0))
            {
                file.Write(bytes);
                if (isDurable) file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte}, bool)"/>
    public static void Write(string path, string text, bool isDurable = false) => Write(path, Encoding.UTF8.GetBytes(text), isDurable);

    /// <summary>A name beside a file that nothing else has.</summary>
    public static string Temporary(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{RandomNumberGenerator.GetHexString(24, lowercase: true)}.tmp");
}
