using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>
/// Names one prediction, in 128 bits: milliseconds since the epoch (48), the process (24), a counter (24), and a code over those (32) by which a server knows
/// its own numbers without looking them up. In order of time; as text, 32 hexadecimal digits.
/// </summary>
/// <param name="Bits">The number.</param>
[JsonConverter(typeof(PredictionIdConverter))]
internal readonly record struct PredictionId(UInt128 Bits)
{
    /// <summary>When it was given out.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds((long)(ulong)(Bits >> 80));

    /// <summary>A number in [0, 1) that is drawn with the id: the same for the same id, spread evenly over ids.</summary>
    public double Draw => (uint)Bits / 4294967296.0;

    /// <inheritdoc/>
    public override string ToString() => Bits.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Gives ids out and knows its own again. Safe for any number of threads.</summary>
/// <param name="clock">The clock.</param>
/// <param name="secret">Makes the code; replicas that share it know each other's ids.</param>
/// <param name="process">Tells processes apart that share the secret; its low 24 bits count.</param>
internal sealed class PredictionIds(TimeProvider clock, byte[] secret, uint process)
{
    // A key of its own, so that no code tells anything of what else the secret is for.
    private readonly ShortCode code = new(HMACSHA256.HashData(secret, "vigie prediction id"u8).AsSpan(0, ShortCode.KeyBytes));
    private int counter;

    /// <summary>A new one.</summary>
    public PredictionId Next()
    {
        ulong milliseconds = (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds();
        uint count = (uint)Interlocked.Increment(ref counter) & 0xFFFFFF;
        UInt128 head = ((UInt128)milliseconds << 48) | ((UInt128)(process & 0xFFFFFF) << 24) | count;
        return new PredictionId((head << 32) | Code(head));
    }

    /// <summary>Reads an id that this server, or one with the same secret, gave out.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out PredictionId id)
    {
        id = default;
        if (text.Length != 32 || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 bits)) return false;
        id = new PredictionId(bits);
        return Code(bits >> 32) == (uint)bits;
    }

    private uint Code(UInt128 head) => (uint)code.Of(head);
}

internal sealed class PredictionIdConverter : JsonConverter<PredictionId>
{
    public override PredictionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("ids are read by PredictionIds, which checks them");

    public override void Write(Utf8JsonWriter writer, PredictionId value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[32];
        value.Bits.TryFormat(text, out _, "x32", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }
}
