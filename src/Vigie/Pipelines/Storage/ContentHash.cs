using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Vigie.Pipelines;

/// <summary>MD5s as numbers and as the hex digits that name contents.</summary>
internal static class ContentHash
{
    [SuppressMessage("Security", "CA5351", Justification = "It names contents as DVC does, against accidents; nobody is kept out by it.")]
    public static UInt128 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> md5 = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(bytes, md5);
        return FromBytes(md5);
    }

    public static UInt128 FromBytes(ReadOnlySpan<byte> md5) => BinaryPrimitives.ReadUInt128BigEndian(md5);

    public static string Hex(UInt128 md5) => md5.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>From 32 hex digits, whatever follows them.</summary>
    public static UInt128 FromHex(string md5) => UInt128.Parse(md5.AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The name of a folder with this list.</summary>
    public static string OfFolder(ReadOnlySpan<byte> list) => Hex(Of(list)) + ".dir";
}
