using System.Runtime.InteropServices;

namespace Vigie.Features;

/// <summary>
/// Texts as points of <see cref="Dimensions"/> small numbers, whatever the model: each word has a random direction, drawn from its fingerprint, and a text lies where its words pull it
/// together. Angles between texts are those between their bags of words but for an error of 1 / √<see cref="Dimensions"/> (random projection, Achlioptas 2003), so that texts about the same things lie
/// close. Words that are in every other text pull little, by the weight a / (a + share) of smooth inverse frequency (Arora, Liang and Ma, ICLR 2017).
/// </summary>
public sealed class TextSketch
{
    /// <summary>Numbers of a sketch, each in [-127, 127].</summary>
    public const int Dimensions = 64;

    private const double HalfWeightAt = 0.01; // share of texts at which a word pulls half
    private const ulong Directions = 0x5EED_0F_7E475ul;

    private readonly Dictionary<ulong, float> _weights = [];

    /// <summary>Sketches by the words that are frequent; every other word has weight 1.</summary>
    /// <param name="frequent">Names of words as profiles have them, and the share of texts that have each.</param>
    public TextSketch(IEnumerable<KeyValuePair<string, double>> frequent)
    {
        foreach ((string name, double share) in frequent) _weights[WordName.FingerprintOf(name)] = (float)(HalfWeightAt / (HalfWeightAt + share));
    }

    /// <summary>The sketch of a text, of length 127; zeros for a text without words.</summary>
    /// <param name="tokens">The text's token fingerprints.</param>
    /// <param name="sketch">Receives <see cref="Dimensions"/> numbers.</param>
    internal void Of(ReadOnlySpan<ulong> tokens, Span<sbyte> sketch)
    {
        Span<float> sum = stackalloc float[Dimensions];
        sum.Clear();
        foreach (ulong token in tokens)
        {
            float weight = _weights.GetValueOrDefault(token, 1);
            ulong state = token ^ Directions, signs = Xoshiro256.SplitMix64(ref state);
            for (int i = 0; i < Dimensions; i++, signs >>= 1) sum[i] += (signs & 1) == 0 ? weight : -weight;
        }

        double square = 0;
        foreach (float part in sum) square += part * part;
        double scale = square > 0 ? sbyte.MaxValue / Math.Sqrt(square) : 0;
        for (int i = 0; i < Dimensions; i++) sketch[i] = (sbyte)Math.Round(sum[i] * scale);
    }

    /// <summary>Sketches as text, row by row.</summary>
    public static string Write(ReadOnlySpan<sbyte> rows) => Convert.ToBase64String(MemoryMarshal.AsBytes(rows));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidInputException">It is no base64 of full rows.</exception>
    public static sbyte[] Read(string rows)
    {
        var bytes = new byte[rows.Length];
        if (!Convert.TryFromBase64String(rows, bytes, out int length) || length % Dimensions != 0) throw new InvalidInputException($"sketches: {rows.Length} characters that are no base64 of rows of {Dimensions}");
        return MemoryMarshal.Cast<byte, sbyte>(bytes.AsSpan(0, length)).ToArray();
    }
}
