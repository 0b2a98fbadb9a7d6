using System.Globalization;
using Vigie.Features;
using Vigie.Plots;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Dashboard.Embeddings;

/// <summary>What the points of a map are.</summary>
internal enum MapPoints
{
    /// <summary>Tweets.</summary>
    Tweets,

    /// <summary>The words of the tweets, each in the middle of those that hold it.</summary>
    Words,
}

/// <summary>What the colours of a map say.</summary>
internal enum MapColour
{
    /// <summary>What the model said.</summary>
    Label,

    /// <summary>What people said of that.</summary>
    Error,

    /// <summary>How sure the model was.</summary>
    Confidence,
}

/// <summary>A tweet that was predicted, as a map shows it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">What the model said.</param>
/// <param name="Confidence">The calibrated probability of that.</param>
/// <param name="Right">What somebody said would have been right; null where nobody did.</param>
internal sealed record MappedTweet(string Text, Sentiment Label, double Confidence, Sentiment? Right);

/// <summary>
/// Lays tweets out so that those about the same things lie close: bags of words, weighted by how telling each is (smooth inverse frequency: Arora, Liang and Ma, ICLR 2017), brought down
/// to three dimensions by their principal components, which is latent semantic analysis (Deerwester et al., 1990). It needs no word vectors, so it works for every model.
/// </summary>
/// <param name="pipeline">How the model cuts texts.</param>
/// <param name="language">The language of titles.</param>
internal sealed class TweetMap(TextPipeline pipeline, string language)
{
    /// <summary>Fewer tweets have no shape.</summary>
    public const int Least = 20;

    private const int MostWords = 1_200, MostWordPoints = 600, Dimensions = 3, Components = 8;
    private const double HalfWeightAt = 0.01, LeastShareOfWord = 0.005, LeastTweetsOfWord = 2, Unsure = 0.7;

    /// <summary>The map of some tweets.</summary>
    /// <param name="tweets">At least <see cref="Least"/>.</param>
    /// <param name="points">What the points are.</param>
    /// <param name="colour">What their colours say.</param>
    /// <param name="cancellation">Ends the search for components.</param>
    /// <exception cref="InvalidInputException">There are too few tweets, or their words have no three directions.</exception>
    public Projection Draw(IReadOnlyList<MappedTweet> tweets, MapPoints points, MapColour colour, CancellationToken cancellation)
    {
        if (tweets.Count < Least) throw new InvalidInputException(T($"{tweets.Count} tweets are too few for a map; it takes {Least}", $"{tweets.Count} tweets ne suffisent pas pour une carte ; il en faut {Least}"));
        var tokenizer = new Tokenizer(pipeline with { NegationScope = 0 });
        string[][] bags = [.. tweets.Select(tweet => tokenizer.Tokenize(tweet.Text).Where(word => word.Any(char.IsLetterOrDigit) && !word.StartsWith('<')).Distinct().ToArray())];
        (string Word, int Count)[] words = [.. bags.SelectMany(bag => bag).CountBy(word => word).Where(word => word.Value >= Math.Max(LeastTweetsOfWord, LeastShareOfWord * tweets.Count)).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(MostWords).Select(word => (word.Key, word.Value))];
        if (words.Length < Components) throw new InvalidInputException(T("these tweets share too few words for a map", "ces tweets ont trop peu de mots en commun pour une carte"));

        float[] rows = Rows(bags, words);
        var components = PrincipalComponents.FitRandomized(rows, words.Length, Components, seed: 1, cancellation);
        var all = new float[tweets.Count * Components];
        components.Transform(rows, all, cancellation);
        var coordinates = new float[tweets.Count * Dimensions];
        for (int row = 0; row < tweets.Count; row++) all.AsSpan(row * Components, Dimensions).CopyTo(coordinates.AsSpan(row * Dimensions));
        return points is MapPoints.Words ? OfWords(tweets, bags, words, coordinates, components.ExplainedVarianceRatio) : OfTweets(tweets, coordinates, components.ExplainedVarianceRatio, colour);
    }

    private Projection OfTweets(IReadOnlyList<MappedTweet> tweets, float[] coordinates, double[] explained, MapColour colour)
    {
        string[] named = [.. tweets.Select(tweet => GroupOf(tweet, colour))], groups = [.. named.Distinct().Order(StringComparer.Ordinal)];
        return new Projection(coordinates, Dimensions, [.. tweets.Select(tweet => tweet.Text)], explained)
        {
            Title = T("Tweets by the words they share", "Les tweets, selon les mots qu’ils partagent"),
            Subtitle = Subtitle(tweets.Count, T("tweets", "tweets")),
            Groups = groups,
            GroupOf = [.. named.Select(name => Array.IndexOf(groups, name))],
        };
    }

    // A word stands in the middle of the tweets that hold it, and is of the class that most of them are.
    private Projection OfWords(IReadOnlyList<MappedTweet> tweets, string[][] bags, (string Word, int Count)[] words, float[] coordinates, double[] explained)
    {
        (string Word, int Count)[] shown = [.. words.Take(MostWordPoints)];
        var index = shown.Select((word, i) => (word.Word, i)).ToDictionary(word => word.Word, word => word.i);
        var sums = new float[shown.Length * Dimensions];
        var negative = new int[shown.Length];
        for (int row = 0; row < bags.Length; row++)
        {
            foreach (string word in bags[row])
            {
                if (!index.TryGetValue(word, out int i)) continue;
                for (int axis = 0; axis < Dimensions; axis++) sums[(i * Dimensions) + axis] += coordinates[(row * Dimensions) + axis] / shown[i].Count;
                if (tweets[row].Label is Sentiment.Negative) negative[i]++;
            }
        }

        string[] groups = ["negative", "positive"];
        return new Projection(sums, Dimensions, [.. shown.Select(word => word.Word)], explained)
        {
            Title = T("Words by the tweets that hold them", "Les mots, selon les tweets qui les contiennent"),
            Subtitle = Subtitle(shown.Length, T("words", "mots")),
            Named = true,
            Groups = groups,
            GroupOf = [.. shown.Select((word, i) => 2 * negative[i] >= word.Count ? 0 : 1)],
        };
    }

    private static float[] Rows(string[][] bags, (string Word, int Count)[] words)
    {
        var rows = new float[bags.Length * words.Length];
        var column = words.Select((word, i) => (word.Word, i)).ToDictionary(word => word.Word, word => word.i);
        for (int row = 0; row < bags.Length; row++)
        {
            Span<float> own = rows.AsSpan(row * words.Length, words.Length);
            foreach (string word in bags[row])
            {
                if (column.TryGetValue(word, out int i)) own[i] = (float)(HalfWeightAt / (HalfWeightAt + ((double)words[i].Count / bags.Length)));
            }

            double length = Math.Sqrt(own.ToArray().Sum(value => (double)value * value));
            for (int i = 0; i < own.Length && length > 0; i++) own[i] = (float)(own[i] / length);
        }

        return rows;
    }

    private static string GroupOf(MappedTweet tweet, MapColour colour) => colour switch
    {
        MapColour.Error => tweet.Right is not { } right ? "not judged" : right == tweet.Label ? "judged right" : "reported wrong",
        MapColour.Confidence => tweet.Confidence < Unsure ? "unsure" : "sure",
        _ => tweet.Label.ToString().ToLowerInvariant(),
    };

    private string Subtitle(int count, string what) => $"{count.ToString("N0", CultureInfo.GetCultureInfo(language))} {what}, {T("latent semantic analysis of the latest predictions", "analyse sémantique latente des dernières prédictions")}";

    private string T(string english, string french) => language == "fr" ? french : english;
}
