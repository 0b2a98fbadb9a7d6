using System.Security.Cryptography;
using Vigie.Bundles;

namespace Vigie.Server;

/// <summary>The server's secret in a file that only its owner may read: made once, then the same for ever. Replicas share a copy of it.</summary>
public static class SecretFile
{
    /// <summary>Length of a secret, in bytes.</summary>
    public const int Bytes = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the secret, and makes one where the file is missing.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <exception cref="InvalidInputException">The file has another length, or others than its owner may read or write it.</exception>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        for (int attempt = 1; ; attempt++)
        {
            if (File.Exists(path)) return Load(path);
            try
            {
                return Create(path);
            }
            catch (IOException) when (attempt < 3 && File.Exists(path))
            {
                continue; // another process was faster: its secret is the secret
            }
        }
    }

    private static byte[] Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) is var others and not 0)
        {
            throw new InvalidInputException(
                $"{path}: its mode also allows {others}. Take that away (chmod 600 {path}); where somebody may have read it, delete it, and a new one is made: predictions made before can then no longer be corrected, nor their authors erased");
        }

        byte[] secret = File.ReadAllBytes(path);
        return secret.Length == Bytes
            ? secret
            : throw new InvalidInputException($"{path}: {secret.Length} bytes, expected {Bytes}. Put the copy of a replica or of a backup in its place; where there is none, delete it, and a new one is made: predictions made before can then no longer be corrected, nor their authors erased");
    }

    /// <summary>The file appears whole: one that was cut off by a crash would be refused at every start after it.</summary>
    private static byte[] Create(string path)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(Bytes);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // from the first moment on, whatever the umask
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(secret);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
            if (OperatingSystem.IsLinux()) LinuxFolder.Flush(folder);
            return secret;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
