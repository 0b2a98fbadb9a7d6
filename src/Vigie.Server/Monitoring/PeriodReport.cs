using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What happened in some time. A figure that nothing happened for is absent, and never a 0 or 1 that nobody measured.</summary>
internal sealed record PeriodReport
{
    /// <summary>Its beginning.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Its end, which is not in it.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Requests to POST /predict, /predict/batch and /feedback; absent where one model is asked for, because they are no model's.</summary>
    public RequestReport? Requests { get; init; }

    /// <summary>Predictions that were recorded, by the time of their ids.</summary>
    public required long Predictions { get; init; }

    /// <summary>How long they took, from the request's arrival; absent without predictions.</summary>
    public LatencyReport? LatencyMs { get; init; }

    /// <summary>How many were of each class.</summary>
    public required ClassFigures<long> Labels { get; init; }

    /// <summary>Their shares; absent without predictions.</summary>
    public ClassFigures<double>? LabelShares { get; init; }

    /// <summary>Mean probability of the label, in [0, 1]; absent without predictions.</summary>
    public double? MeanConfidence { get; init; }

    /// <summary>Mean share of a text's words that the model has never seen, in [0, 1]; absent without predictions.</summary>
    public double? UnknownShare { get; init; }

    /// <summary>Mean length of a text, in UTF-16 code units; absent without predictions.</summary>
    public double? MeanLength { get; init; }

    /// <summary>The accuracy that the confidences let expect; absent without predictions.</summary>
    public AccuracyEstimate? EstimatedAccuracy { get; init; }

    /// <summary>Predictions of this time that somebody judged since, by the last correction of each.</summary>
    public required long Judged { get; init; }

    /// <summary>What those corrections say; absent where there are none.</summary>
    public FeedbackReport? Feedback { get; init; }

    /// <summary>Puts a time's figures together.</summary>
    /// <param name="from">The beginning.</param>
    /// <param name="to">The end.</param>
    /// <param name="lasted">How much of it is over, for figures a second.</param>
    /// <param name="figures">What was counted.</param>
    /// <param name="estimate">What is estimated.</param>
    /// <param name="withRequests">Whether requests are among what was counted.</param>
    public static PeriodReport Of(DateTimeOffset from, DateTimeOffset to, TimeSpan lasted, Figures figures, AccuracyEstimate? estimate, bool withRequests)
    {
        double count = figures.Predictions;
        bool any = figures.Predictions > 0;
        return new PeriodReport
        {
            From = from,
            To = to,
            Requests = withRequests ? RequestReport.Of(figures, lasted) : null,
            Predictions = figures.Predictions,
            LatencyMs = LatencyReport.Of(figures.Latencies),
            Labels = new ClassFigures<long>(figures.Of(Sentiment.Negative), figures.Of(Sentiment.Neutral), figures.Of(Sentiment.Positive)),
            LabelShares = any ? new ClassFigures<double>(figures.Of(Sentiment.Negative) / count, figures.Of(Sentiment.Neutral) / count, figures.Of(Sentiment.Positive) / count) : null,
            MeanConfidence = any ? figures.Confidence / count : null,
            UnknownShare = any ? figures.UnknownShare / count : null,
            MeanLength = any ? figures.Length / count : null,
            EstimatedAccuracy = estimate,
            Judged = figures.AllJudged,
            Feedback = figures.AllJudged > 0 ? FeedbackReport.Of(figures) : null,
        };
    }
}

/// <summary>A figure for each class.</summary>
/// <param name="Negative">Of the class negative.</param>
/// <param name="Neutral">Of the class neutral.</param>
/// <param name="Positive">Of the class positive.</param>
internal sealed record ClassFigures<T>(T Negative, T Neutral, T Positive);

/// <summary>Requests, by the time in which they ended.</summary>
internal sealed record RequestReport
{
    /// <summary>All of them.</summary>
    public required long Count { get; init; }

    /// <summary>How many a second; absent for a time that has not begun.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Answered with 2xx or 3xx.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Answered with 4xx, refusals for their number (429) and callers who left before the end among them.</summary>
    public required long Refused { get; init; }

    /// <summary>Answered with 5xx.</summary>
    public required long Failed { get; init; }

    /// <summary>Share of 4xx, in [0, 1]; absent without requests.</summary>
    public double? RefusedShare { get; init; }

    /// <summary>Share of 5xx, in [0, 1]; absent without requests.</summary>
    public double? FailedShare { get; init; }

    public static RequestReport Of(Figures figures, TimeSpan lasted) => new()
    {
        Count = figures.Requests,
        PerSecond = lasted > TimeSpan.Zero ? figures.Requests / lasted.TotalSeconds : null,
        Succeeded = figures.Succeeded,
        Refused = figures.Refused,
        Failed = figures.Failed,
        RefusedShare = figures.Requests > 0 ? (double)figures.Refused / figures.Requests : null,
        FailedShare = figures.Requests > 0 ? (double)figures.Failed / figures.Requests : null,
    };
}

/// <summary>Latencies that a share of predictions stayed at or below, in milliseconds, to three digits.</summary>
/// <param name="P50">Half of them.</param>
/// <param name="P95">95 of a hundred.</param>
/// <param name="P99">99 of a hundred.</param>
internal sealed record LatencyReport(double P50, double P95, double P99)
{
    public static LatencyReport? Of(LatencyHistogram histogram)
    {
        return histogram.Count == 0 ? null : new LatencyReport(At(0.5), At(0.95), At(0.99));

        double At(double share) => histogram.Quantile(share)!.Value / 1000.0;
    }
}

/// <summary>What corrections say of predictions. People report what is wrong more readily than what is right: it is the accuracy of what was judged.</summary>
internal sealed record FeedbackReport
{
    /// <summary>Judged predictions that were right.</summary>
    public required long Right { get; init; }

    /// <summary>Their share, in [0, 1].</summary>
    public required double Accuracy { get; init; }

    /// <summary>Wilson's 95 % interval of it.</summary>
    public required Interval AccuracyInterval { get; init; }

    /// <summary>Each class that was predicted or right.</summary>
    public required IReadOnlyDictionary<string, JudgedClass> PerClass { get; init; }

    /// <summary>The classes in the order of the matrix.</summary>
    public required IReadOnlyList<Sentiment> Classes { get; init; }

    /// <summary>Judged predictions: a row for each class that was right, a column for each that was predicted.</summary>
    public required IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix { get; init; }

    public static FeedbackReport Of(Figures figures)
    {
        Sentiment[] classes = Enum.GetValues<Sentiment>();
        return new FeedbackReport
        {
            Right = figures.JudgedRight,
            Accuracy = (double)figures.JudgedRight / figures.AllJudged,
            AccuracyInterval = Binomial.Wilson(figures.JudgedRight, figures.AllJudged),
            PerClass = classes.Select(own => (own, Class: JudgedClass.Of(figures, classes, own))).Where(pair => pair.Class.Support + pair.Class.Called > 0).ToDictionary(pair => Server.Labels.Of(pair.own), pair => pair.Class),
            Classes = classes,
            ConfusionMatrix = [.. classes.Select(truth => (IReadOnlyList<long>)[.. classes.Select(predicted => figures.Judged(predicted, truth))])],
        };
    }
}

/// <summary>What corrections say of one class.</summary>
internal sealed record JudgedClass
{
    /// <summary>Judged predictions of which it was right.</summary>
    public required long Support { get; init; }

    /// <summary>Judged predictions that said it.</summary>
    public required long Called { get; init; }

    /// <summary>Of those that said it, the share that was right; absent where none did.</summary>
    public double? Precision { get; init; }

    /// <summary>Of those of which it was right, the share that said it; absent where there are none.</summary>
    public double? Recall { get; init; }

    /// <summary>Harmonic mean of the two; absent where there is no support.</summary>
    public double? F1 { get; init; }

    public static JudgedClass Of(Figures figures, Sentiment[] classes, Sentiment own)
    {
        long hits = figures.Judged(own, own), support = classes.Sum(predicted => figures.Judged(predicted, own)), called = classes.Sum(truth => figures.Judged(own, truth));
        return new JudgedClass
        {
            Support = support,
            Called = called,
            Precision = called > 0 ? (double)hits / called : null,
            Recall = support > 0 ? (double)hits / support : null,
            F1 = support > 0 ? 2.0 * hits / (support + called) : null,
        };
    }
}
