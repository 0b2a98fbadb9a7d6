using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What the model says of one tweet.</summary>
internal sealed record PredictionAnswer
{
    /// <summary>Names this prediction: corrections are sent under it.</summary>
    public required PredictionId PredictionId { get; init; }

    /// <summary>The identifier that came with the tweet; absent where none did.</summary>
    public TweetId? Id { get; init; }

    /// <summary>The class decided for.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>The probability of each class; they sum to 1.</summary>
    public required ClassProbabilities Probabilities { get; init; }

    /// <summary>The probability of the positive class, in [0, 1].</summary>
    public required double ProbabilityPositive { get; init; }

    /// <summary>The probability of the label, in [0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>True where the model has never seen anything of this text: the probabilities are then the classes' shares in training.</summary>
    public required bool Unknown { get; init; }

    /// <summary>Share of the text's words that the model has never seen, in [0, 1]. A model that cannot tell words apart, such as one that hashes, says 1 where the text is unknown, else 0.</summary>
    public required double UnknownShare { get; init; }

    /// <summary>The model that answered. Batches name it once, in the header Vigie-Model-Digest.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>Milliseconds from the request's arrival to this answer. Batches do not say it.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>True where this text had been asked about before, and the model was not asked again.</summary>
    public bool? Cached { get; init; }

    /// <summary>Why; present where the request asked for it.</summary>
    public ExplanationAnswer? Explain { get; init; }
}

/// <summary>The probability of each class, in [0, 1].</summary>
internal sealed record ClassProbabilities
{
    /// <summary>Of a complaint, an insult, bad news.</summary>
    public double? Negative { get; init; }

    /// <summary>Of neither; absent where the model has two classes.</summary>
    public double? Neutral { get; init; }

    /// <summary>Of praise, thanks, good news.</summary>
    public double? Positive { get; init; }

    /// <summary>The probability of one class; 0 of a class that the model does not know.</summary>
    public double Of(Sentiment sentiment) => (sentiment switch { Sentiment.Negative => Negative, Sentiment.Neutral => Neutral, _ => Positive }) ?? 0;

    public static ClassProbabilities Of(IReadOnlyList<Sentiment> classes, double[] probabilities)
    {
        double? At(Sentiment sentiment)
        {
            for (int c = 0; c < classes.Count; c++)
            {
                if (classes[c] == sentiment) return probabilities[c];
            }

            return null;
        }

        return new ClassProbabilities { Negative = At(Sentiment.Negative), Neutral = At(Sentiment.Neutral), Positive = At(Sentiment.Positive) };
    }
}

/// <summary>Which words moved a decision: contributions and intercept add up to the score.</summary>
internal sealed record ExplanationAnswer
{
    /// <summary>Words that a network is asked about: twice as many as tweets have, and more than networks read by default.</summary>
    public const int MostWordsOfNetworks = 128;

    /// <summary>The class whose score is explained: the positive class of two, else the one decided for.</summary>
    public required Sentiment Class { get; init; }

    /// <summary>Log-odds (or margin, before calibration) of that class.</summary>
    public required double Score { get; init; }

    /// <summary>The score of a text without known words.</summary>
    public required double Intercept { get; init; }

    /// <summary>Every word in its order; start and end count UTF-16 code units of the text as sent.</summary>
    public required IReadOnlyList<WordContribution> Words { get; init; }

    /// <summary>How many words at the text's end are not among them: a network is asked once for each word, and about the first 128 only. What the others add is in the intercept. Absent where none is.</summary>
    public int? WordsLeftOut { get; init; }

    public static ExplanationAnswer Of(Explanation explanation) => new()
    {
        Class = explanation.Class,
        Score = explanation.Score,
        Intercept = explanation.Intercept,
        Words = explanation.Words,
        WordsLeftOut = explanation.WordsLeftOut > 0 ? explanation.WordsLeftOut : null,
    };
}
