using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>What each model of the study decided on the test rows, so that any two can be compared row by row.</summary>
internal sealed class StudyDecisions
{
    private readonly string[] texts;
    private readonly byte[] truth;
    private readonly Dictionary<string, byte[]> decided = [];

    private StudyDecisions(string[] texts, byte[] truth) => (this.texts, this.truth) = (texts, truth);

    public static StudyDecisions On(string data, CancellationToken cancellation)
    {
        TweetSet test = LabelledTweets.Read(data, new TweetReaderOptions { Sample = ModelBenchmark.TestSample }, null, cancellation)[Split.Test];
        return new StudyDecisions(test.Texts, [.. test.Labels.Select(label => (byte)(label == Sentiment.Positive ? 1 : 0))]);
    }

    public void Add(BenchWork work, string model, CancellationToken cancellation)
    {
        TextClassifier classifier = Bundle.Load(model, cancellation).Classifier;
        decided[Key(work.Recipe, work.Size, work.Settings)] = [.. classifier.Predict(texts, cancellation).Select(prediction => (byte)(prediction.Label == Sentiment.Positive ? 1 : 0))];
    }

    /// <summary>Do two of them err at different rates?</summary>
    public McNemarTest Compare(ModelRow first, ModelRow second) => McNemarTest.Of(truth, Of(first), Of(second));

    private byte[] Of(ModelRow row) => decided[Key(row.Recipe!, row.Size, row.Settings)];

    private static string Key(string recipe, int? size, IEnumerable<string> settings) => string.Join(' ', [recipe, ModelBenchmark.Shown(size), .. settings]);
}
