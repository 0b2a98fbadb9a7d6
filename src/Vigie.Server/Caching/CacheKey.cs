using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>What is remembered where: which text, by which model, explained or not.</summary>
/// <param name="Text">128 bits of the text's SHA-256: nobody can make two texts that share it, and have one answered as the other.</param>
/// <param name="Model">128 bits of the bundle's digest, which covers weights, calibration, threshold and the way from text to features.</param>
/// <param name="Explained">Whether it holds the words and their weights too.</param>
internal readonly record struct CacheKey(UInt128 Text, UInt128 Model, bool Explained)
{
    /// <summary>Within a text, for Redis. The number is of the form in which outcomes are written.</summary>
    public string Field => string.Create(CultureInfo.InvariantCulture, $"1{(Explained ? 'e' : 'p')}{Model:x32}");

    /// <summary>128 bits of a text's SHA-256; of its UTF-16, in which every string differs from every other.</summary>
    public static UInt128 Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}

/// <summary>What a model says of a text; nothing of it depends on the request.</summary>
/// <param name="Prediction">The decision by the model's own threshold, and the probabilities.</param>
/// <param name="Why">The words and their weights; null where nobody asked.</param>
internal sealed record Outcome(Models.Prediction Prediction, ExplanationAnswer? Why)
{
    /// <summary>About how much memory it takes, its place in the cache included.</summary>
    public int Bytes => 400 + (8 * Prediction.Probabilities.Length) + (Why is null ? 0 : 80 + Why.Words.Sum(word => 96 + (2 * word.Text.Length)));
}
