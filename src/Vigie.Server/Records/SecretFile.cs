using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>The server's secret in a file that only its owner may read: made once, then the same for ever. Replicas share a copy of it.</summary>
public static class SecretFile
{
    /// <summary>Length of a secret, in bytes.</summary>
    public const int Bytes = 32;

    /// <summary>Reads the secret, and makes one where the file is missing.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <exception cref="InvalidInputException">The file has another length, or others than its owner may read or write it.</exception>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path)) return Load(path);
        byte[] secret = RandomNumberGenerator.GetBytes(Bytes);
        return WholeFile.TryCreate(path, secret) ? secret : Load(path); // where another process was faster, its secret is the secret
    }

    private static byte[] Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~WholeFile.OwnerOnly) is var others and not 0)
        {
            throw new InvalidInputException(
                $"{path}: its mode also allows {others}. Take that away (chmod 600 {path}); where somebody may have read it, delete it, and a new one is made: predictions made before can then no longer be corrected, nor their authors erased");
        }

        byte[] secret = File.ReadAllBytes(path);
        return secret.Length == Bytes
            ? secret
            : throw new InvalidInputException($"{path}: {secret.Length} bytes, expected {Bytes}. Put the copy of a replica or of a backup in its place; where there is none, delete it, and a new one is made: predictions made before can then no longer be corrected, nor their authors erased");
    }
}
