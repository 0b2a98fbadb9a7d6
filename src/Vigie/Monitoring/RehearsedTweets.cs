using Vigie.Bundles;
using Vigie.Embeddings;
using Vigie.Features;
using Vigie.Tweets;

namespace Vigie.Monitoring;

/// <summary>One made-up prediction; its words stand beside it.</summary>
internal readonly record struct RehearsedTweet(bool Positive, double Confidence, double Unknown, int Tokens, int Characters)
{
    public DriftObservation At(DateTimeOffset at) =>
        new() { At = at, Label = Positive ? Sentiment.Positive : Sentiment.Negative, Confidence = Confidence, UnknownShare = Unknown, Text = "" };
}

/// <summary>Made-up tweets: lengths as real ones have, words by Zipf's law, three positive of five.</summary>
internal sealed class RehearsedTweets(ulong seed)
{
    private const double PositiveShare = 0.6, UnknownShare = 0.03, Swing = 0.01;
    private const int Vocabulary = 4_000, CommonWords = 60, TopicAt = 1_000, TopicWords = 100, MostTokens = 70;

    private static readonly ulong[] Fingerprints = [.. Enumerable.Range(0, Vocabulary + 1).Select(i => WordName.FingerprintOf($"w{i}"))];
    private static readonly Dictionary<ulong, string> Names = Enumerable.Range(0, Fingerprints.Length).ToDictionary(i => Fingerprints[i], i => $"w{i}");
    private static readonly AliasTable Zipf = new([.. Enumerable.Range(1, Vocabulary).Select(rank => 1.0 / (rank + 2.7))]);

    private readonly Xoshiro256 _random = new(seed, stream: 1);
    private readonly ulong[] _words = new ulong[MostTokens + 1];
    private int _count;

    /// <summary>The words of the last tweet.</summary>
    public ReadOnlySpan<ulong> Words => _words.AsSpan(0, _count);

    public RehearsedTweet Next(DriftShift shift, double day)
    {
        int tokens = Math.Clamp((int)Math.Round(shift.Length * Math.Exp(2.4 + 0.5 * Normal(_random))), 1, MostTokens);
        int characters = Math.Max(tokens, (int)Math.Round(5.4 * tokens + 2 * Math.Sqrt(tokens) * Normal(_random)));
        bool positive = _random.Chance(PositiveShare + shift.Positive + Swing * day);
        double confidence = shift.Unsure > 0 && _random.Chance(shift.Unsure) ? 0.5 + 0.1 * _random.NextDouble() : 0.5 + 0.5 * Math.Sqrt(_random.NextDouble());
        int unknown = 0;
        for (int i = 0; i < tokens; i++)
        {
            if (_random.Chance(UnknownShare + shift.Unknown)) unknown++;
        }

        // Another topic keeps the words that every text has.
        bool other = shift.OtherTopic > 0 && _random.Chance(shift.OtherTopic);
        _count = tokens;
        for (int i = 0; i < tokens; i++)
        {
            int word = Zipf.Pick(_random.NextUInt64());
            _words[i] = Fingerprints[other && word >= CommonWords ? TopicAt + word % TopicWords : word];
        }

        if (shift.NewWord > 0 && _random.Chance(shift.NewWord)) _words[_count++] = Fingerprints[^1];
        return new RehearsedTweet(positive, confidence, (double)unknown / tokens, tokens, characters);
    }

    /// <summary>What a training on such tweets would have noted.</summary>
    public TrainingProfile Profile(int texts)
    {
        RehearsedTweet[] train = new RehearsedTweet[texts], held = new RehearsedTweet[texts];
        var texted = new Dictionary<ulong, int>();
        for (int i = 0; i < texts; i++)
        {
            train[i] = Next(DriftShift.None, 0);
            foreach (ulong word in new HashSet<ulong>(Words.ToArray())) texted[word] = texted.GetValueOrDefault(word) + 1;
        }

        var top = texted.OrderByDescending(word => word.Value).ThenBy(word => word.Key).Take(TrainingProfile.MostWords)
            .ToDictionary(word => Names[word.Key], word => (double)word.Value / texts);
        var sketch = new TextSketch(top);
        var rows = new sbyte[Math.Min(texts, TrainingProfile.MostSketches) * TextSketch.Dimensions];
        for (int i = 0; i < texts; i++)
        {
            held[i] = Next(DriftShift.None, 0);
            if (i < rows.Length / TextSketch.Dimensions) sketch.Of(Words, rows.AsSpan(i * TextSketch.Dimensions, TextSketch.Dimensions));
        }

        SortedDictionary<string, double> Mix(RehearsedTweet[] tweets)
        {
            double share = (double)tweets.Count(tweet => tweet.Positive) / texts;
            return new(StringComparer.Ordinal) { ["negative"] = 1 - share, ["positive"] = share };
        }

        return new TrainingProfile
        {
            Texts = texts,
            ValidationTexts = texts,
            ClassMix = Mix(train),
            DecisionMix = Mix(held),
            Tokens = Histogram.Of(TrainingProfile.TokenEdges, train.Select(tweet => (double)tweet.Tokens)),
            Characters = Histogram.Of(TrainingProfile.CharacterEdges, train.Select(tweet => (double)tweet.Characters)),
            Confidence = Histogram.Of(TrainingProfile.TenthsOfConfidence, held.Select(tweet => tweet.Confidence)),
            ProbabilityPositive = Histogram.Of(TrainingProfile.TenthsOfConfidence, held.Select(tweet => tweet.Positive ? tweet.Confidence : 1 - tweet.Confidence)),
            UnknownWordShare = held.Average(tweet => tweet.Unknown),
            TopWords = top,
            Sketches = TextSketch.Write(rows),
        };
    }

    /// <summary>A number of the standard normal law (Box and Muller).</summary>
    public static double Normal(Xoshiro256 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
