using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Recipes;

public sealed class TrainingRunTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;

    public TrainingRunTests() => _path = Write("tweets.csv", new CorpusOptions { Rows = 3_000, Seed = 3, FrenchShare = 0 });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tfidf-svm")]
    [InlineData("linear-fast")]
    public void Reports_are_those_of_the_classifier_on_the_sides_of_the_file(string recipe)
    {
        TrainingResult result = new TrainingRun(RecipeCatalog.Find(recipe)).Run(_path);

        LabelledTweets tweets = LabelledTweets.Read(_path);
        foreach ((Split split, EvaluationReport? report) in new[] { (Split.Validation, result.Validation), (Split.Test, result.Test) })
        {
            int right = tweets[split].Texts.Zip(tweets[split].Labels).Count(row => result.Classifier.Predict(row.First).Label == row.Second);
            Assert.Equal((double)right / tweets[split].Count, report!.Accuracy);
        }

        Assert.Equal(tweets.Digest, result.Data.Digest);
        Assert.Equal(tweets[Split.Train].Count, result.Data.Rows[Split.Train]);
        Assert.Equal(tweets[Split.Train].Count, result.Train.Rows);
        Assert.True(result.Train.Accuracy > result.Test!.Accuracy);
        Assert.NotNull(result.Test.LatencyMs);
    }

    [Theory]
    [InlineData("tfidf-lr", true)]
    [InlineData("tfidf-svm", true)]
    [InlineData("linear-best", true)]
    [InlineData("linear-fast", false)] // one pass: one mean
    public void The_loss_is_told_step_by_step_and_falls(string recipe, bool many)
    {
        var told = new Losses();

        new TrainingRun(RecipeCatalog.Find(recipe)).Run(_path, training: told);

        (long Step, double Loss)[] losses = [.. told.All];
        Assert.Equal(losses.Select(at => at.Step).Order().Distinct(), losses.Select(at => at.Step));
        Assert.All(losses, at => Assert.InRange(at.Loss, 0.001, 1.01));
        if (many) Assert.True(losses.Length > 3 && losses[^1].Loss < losses[0].Loss, string.Join(' ', losses));
        else Assert.Single(losses);
    }

    [Fact]
    public void A_stream_gives_the_classifier_that_the_same_rows_in_memory_give()
    {
        Recipe recipe = RecipeCatalog.Find("linear-fast");
        LabelledTweets tweets = LabelledTweets.Read(_path);
        TextClassifier inMemory = new TextTrainer(recipe).Train(tweets[Split.Train], tweets[Split.Validation], tweets.Classes).Classifier;
        TextClassifier streamed = new TrainingRun(recipe).Run(_path).Classifier;

        Assert.Equal(inMemory.PredictProbabilities(tweets.All.Texts), streamed.PredictProbabilities(tweets.All.Texts));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void A_stream_sorted_by_label_teaches_as_much_as_a_shuffled_one(double neutral)
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 12_000, Seed = 5, NeutralShare = neutral, Balance = 0.4 })];
        string shuffled = Write("shuffled.csv", tweets), sorted = Write("sorted.csv", tweets.OrderBy(tweet => tweet.Label));
        TrainingRun run = new(RecipeCatalog.Find("linear-fast"));

        TrainingResult plain = run.Run(shuffled), turns = run.Run(sorted);
        var sample = new TweetReaderOptions { Sample = 6_000 };
        TrainingResult sampled = run.Run(shuffled, sample), sampledTurns = run.Run(sorted, sample);

        Assert.Equal((false, true, true), (plain.Data.Interleaved, turns.Data.Interleaved, sampledTurns.Data.Interleaved));
        Assert.InRange(Accuracy(turns), Accuracy(plain) - 0.02, 1);
        Assert.InRange(Accuracy(sampledTurns), Accuracy(sampled) - 0.03, 1); // on 1,200 rows chance alone moves it by one hundredth
        Assert.Equal(plain.Data.Rows[Split.Train], turns.Data.Rows[Split.Train]);
        TextClassifier inMemory = run.Run(sorted, LabelledTweets.Read(sorted)).Classifier;
        Assert.Equal(inMemory.PredictProbabilities([.. tweets.Select(tweet => tweet.Text)]), turns.Classifier.PredictProbabilities([.. tweets.Select(tweet => tweet.Text)]));
    }

    [Fact]
    public void A_stream_calibrates_and_chooses_its_threshold_on_validation_rows_too()
    {
        Recipe recipe = RecipeCatalog.Find("linear-fast") with { Calibration = CalibrationMethod.Platt, WantedPrecision = 0.75 };

        TrainingResult result = new TrainingRun(recipe).Run(_path);

        Assert.IsType<PlattScaling>(result.Classifier.Calibrations.Single());
        Assert.True(result.Threshold!.Reached, result.Threshold.Reason);
        Assert.Equal(result.Threshold.Precision!.Value, result.Validation!.PrecisionPositive!.Value, 12);
    }

    [Fact]
    public void The_seed_reaches_the_estimator_and_the_intervals()
    {
        TrainingRun run = new(RecipeCatalog.Find("linear-best"));

        TrainingResult first = (run with { Seed = 1 }).Run(_path), again = (run with { Seed = 1 }).Run(_path), other = (run with { Seed = 2 }).Run(_path);

        Assert.Equal(first.Validation!.ToJson(), again.Validation!.ToJson());
        Assert.NotEqual(first.Validation.Intervals["accuracy"], other.Validation!.Intervals["accuracy"]);
        Assert.NotEqual(Coefficients(first), Coefficients(other));

        static double[] Coefficients(TrainingResult result) => ((LinearTextModel)result.Classifier.Model).Linear.Coefficients[0];
    }

    [Fact]
    public void Three_classes_are_trained_and_measured()
    {
        string path = Write("three.csv", new CorpusOptions { Rows = 1_500, Seed = 4, NeutralShare = 0.3 });

        foreach (string recipe in new[] { "tfidf-lr", "linear-best", "linear-fast" })
        {
            TrainingResult result = new TrainingRun(RecipeCatalog.Find(recipe)).Run(path);
            Assert.Equal(["negative", "neutral", "positive"], result.Test!.Classes);
            Assert.InRange(result.Test.F1Macro!.Value, 0.5, 1);
        }
    }

    [Fact]
    public void A_model_that_could_never_say_positive_is_refused()
    {
        string path = _folder.Write("complaints.csv", "label,text\nnegative,bad\nneutral,gate B12\n");

        Assert.Contains("no row is positive", Assert.Throws<InvalidInputException>(() => new TrainingRun(RecipeCatalog.Find("tfidf-lr")).Run(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_learning_curve_grows_by_halves_and_ends_at_all_rows()
    {
        LabelledTweets tweets = LabelledTweets.Read(_path);

        IReadOnlyList<LearningCurvePoint> points = new LearningCurveRun(RecipeCatalog.Find("tfidf-lr")).Run(tweets);

        int all = tweets[Split.Train].Count;
        Assert.Equal([all / 16, all / 8, all / 4, all / 2, all], points.Select(point => point.Rows));
        Assert.True(points[^1].Validation > points[0].Validation);
        Assert.All(points, point => Assert.InRange(point.Train, point.Validation, 1));
    }

    [Fact]
    public void Parts_without_one_of_the_classes_are_refused()
    {
        string path = _folder.Write("small.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{(i == 0 ? 1 : 0)},flight {i}\n")));

        InvalidInputException refusal = Assert.Throws<InvalidInputException>(() => new LearningCurveRun(RecipeCatalog.Find("tfidf-lr")).Run(LabelledTweets.Read(path)));
        Assert.Contains("it takes more rows", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Survey_and_reading_agree()
    {
        TweetSurvey survey = TweetSurvey.Read(_path, new TweetReaderOptions { Sample = 500 });
        LabelledTweets tweets = LabelledTweets.Read(_path, new TweetReaderOptions { Sample = 500 });

        Assert.Equal((tweets.Digest, tweets.All.Count), (survey.Digest, survey.Rows.Total));
        Assert.Equal(tweets.Classes, survey.Classes);
        foreach (Split split in Enum.GetValues<Split>()) Assert.Equal(tweets[split].CountOf(Sentiment.Positive), survey.Rows[split, Sentiment.Positive]);
    }

    private static double Accuracy(TrainingResult result) =>
        (result.Validation!.Accuracy!.Value * result.Validation.Rows + result.Test!.Accuracy!.Value * result.Test.Rows) / (result.Validation.Rows + result.Test.Rows);

    private string Write(string name, CorpusOptions options) => Write(name, CorpusGenerator.Generate(options));

    private string Write(string name, IEnumerable<Tweet> tweets)
    {
        using TweetWriter writer = TweetWriter.Create(_folder[name], TweetColumns.Label);
        foreach (Tweet tweet in tweets) writer.Write(tweet);
        writer.Complete();
        return _folder[name];
    }

    private sealed class Losses : IProgress<TrainingProgress>
    {
        public List<(long Step, double Loss)> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            if (value.Loss is { } loss) All.Add((value.Step!.Value, loss));
        }
    }
}
