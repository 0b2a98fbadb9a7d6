using Vigie.Features;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Models;

public sealed class FastTextTests
{
    private static readonly FastTextTrainer Small = new() { Input = new FastTextInput { MinN = 2, MaxN = 3, Bucket = 1 << 24 }, Dim = 5, Epoch = 3, Seed = 4 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Training_equals_a_plain_reference(int classes)
    {
        (string[] texts, byte[] labels) = Rows(classes, 120);
        Dictionary<string, double[]> expected = new PlainFastText(Small, texts, labels, classes).Fit(out double[][] output, out double[] intercepts);
        (NgramPlaces places, NgramMatrix matrix, int[] rowOfColumn) = new NgramPlacesFit(new Tokenizer(Small.Input.Text), Small.Input.Ngrams, Small.Input.Bucket, Small.MinCount, 1).Run(texts, null, Cancel);
        var descent = new FastTextDescent(Small, matrix, labels, classes);

        descent.Run(null, Cancel);

        Assert.Equal(expected.Count, places.Count);
        float[] embeddings = descent.Embeddings(rowOfColumn);
        foreach ((string name, double[] embedding) in expected)
        {
            int row = places.Find(PlainFastText.Fingerprints[name]);
            for (int d = 0; d < Small.Dim; d++) Assert.Equal(embedding[d], embeddings[row * Small.Dim + d], 1e-5);
        }
        Assert.Contains(embeddings, number => Math.Abs(number) > 0.1); // there is something to compare
        for (int c = 0; c < classes; c++)
        {
            Assert.Equal(intercepts[c], descent.Intercepts[c], 1e-5);
            for (int d = 0; d < Small.Dim; d++) Assert.Equal(output[c][d], descent.Output[c * Small.Dim + d], 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_same_seed_gives_the_same_numbers_on_any_number_of_threads(int threads)
    {
        (string[] texts, byte[] labels) = Rows(3, 3000);
        FastTextModel all = Small.Fit(texts, labels, 3, cancellation: Cancel), some = (Small with { Thread = threads }).Fit(texts, labels, 3, cancellation: Cancel);

        Assert.Equal(all.Places, some.Places);
        Assert.Equal(all.Embeddings, some.Embeddings);
        Assert.Equal(all.Output, some.Output);
        Assert.Equal(all.Intercepts, some.Intercepts);
        Assert.NotEqual(all.Embeddings, (Small with { Seed = 5 }).Fit(texts, labels, 3, cancellation: Cancel).Embeddings);
    }

    [Fact]
    public void The_score_is_the_linear_layer_over_the_text_s_vector()
    {
        (string[] texts, byte[] labels) = Rows(3, 300);
        FastTextModel model = Small.Fit(texts, labels, 3, cancellation: Cancel);
        var places = new NgramPlaces(model.Places, Small.Input.Bucket);
        var buffer = new NgramBuffer(new Tokenizer(model.Text), Small.Input.Ngrams);
        buffer.Fill("never late again žž great crew");
        int[] rows = [.. buffer.Fingerprints.ToArray().Select(places.Find).Where(row => row >= 0)];

        var scores = new double[3];
        Evidence evidence = model.Score("never late again žž great crew", scores);

        for (int c = 0; c < 3; c++)
        {
            double sum = model.Intercepts[c];
            for (int d = 0; d < model.Dimension; d++) sum += rows.Sum(row => (double)model.Embeddings[row * model.Dimension + d]) / Math.Sqrt(rows.Length) * model.Output[c * model.Dimension + d];
            Assert.Equal(sum, scores[c], 1e-5);
        }
        Assert.False(evidence.Unknown);
        ulong[] words = buffer.TokenFingerprints.ToArray();
        Assert.Equal(words.Count(word => places.Find(word) < 0) / (double)words.Length, evidence.UnknownShare, 1e-12);
        Assert.InRange(evidence.UnknownShare, 0.1, 0.9);
    }

    [Theory]
    [InlineData("ŽŽŽŽ ΩΩΩΩ", true, 1)]
    [InlineData("", true, 1)]
    [InlineData("best ŽŽŽŽ", false, 0.5)]
    [InlineData("best crew ever", false, 0)]
    public void What_the_model_never_saw_is_unknown(string text, bool unknown, double share) =>
        Assert.Equal(new Evidence(unknown, share), TinyModels.Fit("fasttext", 2, Cancel).Model.Score(text, new double[1]));

    [Theory]
    [InlineData("word_ngrams=0", "word_ngrams 0")]
    [InlineData("word_ngrams=9", "word_ngrams 9")]
    [InlineData("maxn=13", "maxn 13")]
    [InlineData("maxn=3", "minn 0")]
    [InlineData("minn=2", "maxn 0")]
    [InlineData("minn=4 maxn=3", "minn 4")]
    [InlineData("bucket=1000", "bucket 1000")]
    [InlineData("bucket=1073741825", "bucket 1073741825")]
    [InlineData("min_count=0", "min_count 0")]
    [InlineData("min_count=100000", "min_count 100000")]
    [InlineData("dim=0", "dim 0")]
    [InlineData("dim=1025", "dim 1025")]
    [InlineData("lr=0", "lr 0")]
    [InlineData("lr=1e30", "numbers overflow")]
    [InlineData("epoch=0", "epoch 0")]
    [InlineData("thread=1025", "thread 1025")]
    [InlineData("max_run=-1", "max_run")]
    public void A_setting_out_of_range_is_named(string settings, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<InvalidInputException>(() => TinyModels.Fit("fasttext " + settings, 2, Cancel)).Message, StringComparison.Ordinal);

    [Fact]
    public void Three_classes_need_two_numbers()
    {
        Assert.Contains("dim 1: 3 classes take 2", Assert.Throws<InvalidInputException>(() => TinyModels.Fit("fasttext dim=1", 3, Cancel)).Message, StringComparison.Ordinal);
        Assert.Equal(1, ((FastTextModel)TinyModels.Fit("fasttext dim=1", 2, Cancel).Model).Dimension);
    }

    [Theory]
    [InlineData("reading n-grams")]
    [InlineData("fitting")]
    public void Training_stops_when_told_to(string phase)
    {
        (string[] texts, byte[] labels) = Rows(2, 400);
        using var stop = new CancellationTokenSource();
        var context = new FitContext { Progress = new Reports(report => { if (report.Phase == phase) stop.Cancel(); }), Cancellation = stop.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => new FastTextLearner(Small).Fit(new LearningRows(TinyModels.Classes(2), texts, labels, [], []), context));
    }

    [Fact]
    public void Each_pass_reports_its_loss_which_falls()
    {
        (string[] texts, byte[] labels) = Rows(2, 400);
        var passes = new List<TrainingProgress>();
        var context = new FitContext { Progress = new Reports(report => { if (report.Loss is not null) passes.Add(report); }) };

        new FastTextLearner(Small).Fit(new LearningRows(TinyModels.Classes(2), texts, labels, [], []), context);

        Assert.Equal([1, 2, 3], passes.Select(pass => pass.Step!.Value));
        Assert.Equal(1, passes[^1].Share);
        Assert.True(passes[0].Loss < 0.7 && passes[1].Loss < passes[0].Loss && passes[2].Loss < passes[1].Loss, string.Join(", ", passes.Select(pass => pass.Loss)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    [InlineData(5, 9)]
    public void The_output_layer_starts_as_a_regular_simplex(int classes, int dim)
    {
        const int stride = 12;
        float[] output = FastTextOutput.Simplex(classes, dim, stride, new Xoshiro256(9));
        for (int a = 0; a < classes; a++)
        {
            Assert.All(output[(a * stride + dim)..((a + 1) * stride)], number => Assert.Equal(0, number));
            for (int b = 0; b < classes; b++)
                Assert.Equal(a == b ? 1 : -1.0 / (classes - 1), Enumerable.Range(0, dim).Sum(d => output[a * stride + d] * output[b * stride + d]), 1e-6);
        }
    }

    [Theory]
    [InlineData("fasttext", 2)]
    [InlineData("fasttext minn=2 maxn=4", 3)]
    public void An_explanation_adds_up_to_the_score(string name, int classes)
    {
        TextClassifier classifier = TinyModels.Fit(name, classes, Cancel);
        const string text = "the crew is never again so kind, never again :( ŽŽŽŽ";

        Explanation explanation = classifier.Explain(text);

        double[] scores = classifier.Decide([text], Cancel);
        double score = classes == 2 ? scores[0] : scores[classifier.Classes.ToList().IndexOf(explanation.Class)];
        Assert.True(explanation.Exact);
        Assert.Equal(score, explanation.Score, 1e-6);
        Assert.Equal(score, explanation.Intercept + explanation.Words.Sum(word => word.Contribution), 1e-6);
        Assert.Equal(score, explanation.Intercept + explanation.Features.Sum(feature => feature.Contribution), 1e-6);
        Assert.Contains(explanation.Features, feature => feature.Name == "never NOT_again");
        Assert.Equal(("the", true), (explanation.Words[0].Text, explanation.Words[0].Known));
        Assert.Equal(("NOT_žž", false), (explanation.Words[^1].Text, explanation.Words[^1].Known));
    }

    private static (string[] Texts, byte[] Labels) Rows(int classes, int rows)
    {
        TweetSet tweets = TinyModels.Tweets(classes, rows);
        return (tweets.Texts, Array.ConvertAll(tweets.Labels, label => (byte)Array.IndexOf(TinyModels.Classes(classes), label)));
    }

    private sealed class Reports(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
