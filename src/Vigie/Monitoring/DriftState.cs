using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Monitoring;

/// <summary>What a monitor knows, to be written down and taken up again. It holds no text.</summary>
internal sealed record DriftState
{
    public const int FormatVersion = 1;

    public required int Format { get; init; }

    /// <summary>Bounds of all bets in order: a state belongs to one profile and one set of options.</summary>
    public required double[] Bounds { get; init; }

    public required double[] Worth { get; init; }

    public required long Tweets { get; init; }

    public required DateTimeOffset? Last { get; init; }

    public required DateTimeOffset? WordsLooked { get; init; }

    public required IReadOnlyList<AlarmState> Alarms { get; init; }

    public required IReadOnlyList<RisingState> Rising { get; init; }

    public required EmbeddingState? Embedding { get; init; }

    public required RecentState Recent { get; init; }
}

/// <summary>Since when a signal has had an alarm, and when it was last seen quiet.</summary>
internal sealed record AlarmState(DateTimeOffset? Since, DateTimeOffset? Quiet);

/// <summary>A word that was found to rise, without texts.</summary>
internal sealed record RisingState(ulong Fingerprint, RisingWord Word);

internal sealed record EmbeddingState(byte[] Rows, int Stride, int Skipped, DateTimeOffset? Looked, double? P, double Mmd2, int Compared, ulong Tests);

/// <summary>The last predictions, oldest first.</summary>
internal sealed record RecentState
{
    public required byte[] Labels { get; init; }

    public required byte[] Tokens { get; init; }

    public required byte[] Characters { get; init; }

    public required byte[] Confidence { get; init; }

    public required byte[] Unknown { get; init; }

    public required int[] WordCounts { get; init; }

    public required byte[] Words { get; init; }

    public required string?[] Ids { get; init; }

    /// <summary>The predictions.</summary>
    /// <exception cref="InvalidInputException">The lists do not fit together, or a bin does not exist.</exception>
    public IEnumerable<RecentTweets.Entry> Entries(DriftReference reference)
    {
        int count = Labels.Length, words = 0;
        bool Fits(byte[] bins, int most) => bins.Length == count && bins.All(bin => bin < most);
        if (count > DriftMonitor.Window || !Fits(Labels, reference.Classes.Length) || !Fits(Tokens, reference.Profile.Tokens.Edges.Count) || !Fits(Characters, reference.Profile.Characters.Edges.Count)
            || !Fits(Confidence, reference.Profile.Confidence.Edges.Count) || Unknown.Length != sizeof(float) * count || Ids.Length != count || WordCounts.Length != count
            || WordCounts.Any(own => own < 0) || WordCounts.Sum(own => (long)own) * sizeof(ulong) != Words.Length)
            throw new InvalidInputException($"drift state: {count} predictions whose parts do not fit together");
        ulong[] fingerprints = MemoryMarshal.Cast<byte, ulong>(Words).ToArray();
        float[] unknown = MemoryMarshal.Cast<byte, float>(Unknown).ToArray();
        for (int i = 0; i < count; words += WordCounts[i++])
            yield return new RecentTweets.Entry(Labels[i], Tokens[i], Characters[i], Confidence[i], unknown[i], fingerprints[words..(words + WordCounts[i])], Ids[i], null);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DriftState))]
internal sealed partial class DriftJson : JsonSerializerContext;
