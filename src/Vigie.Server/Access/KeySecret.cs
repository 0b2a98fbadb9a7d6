using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>The SHA-256 of a key's secret; 32 random bytes need no slow hash.</summary>
internal readonly record struct KeySecret(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>What a secret begins with, so that people and scanners of source code know one when they see it.</summary>
    public const string Prefix = "vigie_";

    /// <summary>The prefix, and 32 bytes as base64url.</summary>
    public const int Length = 6 + 43;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text could be a secret of ours; anything else need not be looked up.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The hash of a secret, or of a token of any length.</summary>
    public static KeySecret Of(ReadOnlySpan<char> secret)
    {
        const int small = 256;
        byte[]? rented = secret.Length > small ? ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(secret.Length)) : null;
        Span<byte> bytes = rented ?? stackalloc byte[3 * small];
        Span<byte> hash = stackalloc byte[32];
        int length = Encoding.UTF8.GetBytes(secret, bytes);
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        ReadOnlySpan<ulong> parts = MemoryMarshal.Cast<byte, ulong>(hash);
        return new KeySecret(parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>Null where it is something else.</returns>
    public static KeySecret? Parse(string hexadecimal)
    {
        Span<byte> hash = stackalloc byte[32];
        if (hexadecimal.Length != 64 || Convert.FromHexString(hexadecimal, hash, out _, out _) != OperationStatus.Done) return null;
        ReadOnlySpan<ulong> parts = MemoryMarshal.Cast<byte, ulong>(hash);
        return new KeySecret(parts[0], parts[1], parts[2], parts[3]);
    }

    public override string ToString() => Convert.ToHexStringLower(MemoryMarshal.AsBytes([A, B, C, D]));

    /// <summary>Hashes are evenly spread already.</summary>
    public override int GetHashCode() => (int)A;
}
