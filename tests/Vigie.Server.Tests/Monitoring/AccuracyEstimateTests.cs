using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class AccuracyEstimateTests
{
    private static readonly HeldOut Held = new(0.80, 0.85, 0.0001);

    [Fact]
    public void Without_held_out_figures_it_is_the_mean_confidence()
    {
        AccuracyEstimate estimate = Of(("a", 100, 90));
        Assert.Equal((0.9, EstimateMethod.MeanConfidence), (estimate.Accuracy, estimate.Method));
        Assert.Equal(0.9 - (1.959964 * 0.03), estimate.Interval.Lower, 6); // sqrt(0.9 * 0.1 / 100)
        Assert.Equal(0.9 + (1.959964 * 0.03), estimate.Interval.Upper, 6);
    }

    [Fact]
    public void With_them_it_is_the_held_out_accuracy_and_the_difference_of_confidences()
    {
        AccuracyEstimate estimate = Of(("held", 400, 320));
        Assert.Equal((0.75, EstimateMethod.DifferenceOfConfidences), (Math.Round(estimate.Accuracy, 12), estimate.Method)); // 0.80 + 0.80 - 0.85
        double reach = 1.959964 * Math.Sqrt(0.0001 + (0.8 * 0.2 / 400));
        Assert.Equal(0.75 - reach, estimate.Interval.Lower, 6);
    }

    [Fact]
    public void Several_models_count_by_their_predictions()
    {
        AccuracyEstimate estimate = Of(("held", 300, 240), ("a", 100, 95), ("idle", 0, 0));
        Assert.Equal(((0.75 * 300 / 400) + (0.95 * 100 / 400), EstimateMethod.Mixed), (estimate.Accuracy, estimate.Method));
        Assert.Null(AccuracyEstimate.Of(new Dictionary<string, (long, double)> { ["idle"] = (0, 0) }, _ => null));
    }

    [Fact]
    public void What_is_held_out_comes_from_the_validation_report_and_the_profile()
    {
        EvaluationReport validation = SmallModels.TwoClasses.Info.Test!;
        ServedModel model = SmallModels.TwoClasses;
        TrainingProfile profile = TrainingProfile.Measure(model.Classifier, ["late", "lovely"], [0, 1], [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "three hours late" : "lovely crew thank you")]);
        double mean = model.Classifier.Predict([.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "three hours late" : "lovely crew thank you")]).Average(prediction => prediction.Confidence);
        HeldOut held = HeldOut.Of(model.Info with { Validation = validation, Profile = profile })!;
        Assert.Equal(validation.Accuracy, held.Accuracy);
        Assert.InRange(held.Confidence, mean - 0.025, mean + 0.025); // the profile keeps bins of a twentieth
        Assert.True(held.Variance >= 0.05 * 0.05 / 12);
        Assert.Null(HeldOut.Of(model.Info with { Validation = validation, Profile = null }));
        Assert.Null(HeldOut.Of(model.Info with { Validation = null, Profile = profile }));
    }

    [Fact]
    public void Precision_recall_and_F1_are_absent_where_nothing_was_judged()
    {
        var figures = new Figures();
        figures.Judge(Sentiment.Positive, Sentiment.Positive, 6);
        figures.Judge(Sentiment.Positive, Sentiment.Negative, 2);
        figures.Judge(Sentiment.Negative, Sentiment.Negative, 1);
        figures.Judge(Sentiment.Negative, Sentiment.Neutral, 1);
        FeedbackReport report = FeedbackReport.Of(figures);
        Assert.Equal((7, 0.7), (report.Right, report.Accuracy));
        Assert.Equal(new JudgedClass { Support = 6, Called = 8, Precision = 0.75, Recall = 1, F1 = 12.0 / 14 }, report.PerClass["positive"]);
        Assert.Equal(new JudgedClass { Support = 3, Called = 2, Precision = 0.5, Recall = 1.0 / 3, F1 = 2.0 / 5 }, report.PerClass["negative"]);
        Assert.Equal(new JudgedClass { Support = 1, Called = 0, Precision = null, Recall = 0, F1 = 0 }, report.PerClass["neutral"]);
        Assert.Equal([[1, 0, 2], [1, 0, 0], [0, 0, 6]], report.ConfusionMatrix);
        figures.Judge(Sentiment.Negative, Sentiment.Neutral, -1);
        Assert.Equal(["negative", "positive"], FeedbackReport.Of(figures).PerClass.Keys);
    }

    private static AccuracyEstimate Of(params (string Model, long Predictions, double Confidence)[] models) =>
        AccuracyEstimate.Of(models.ToDictionary(model => model.Model, model => (model.Predictions, model.Confidence)), digest => digest == "held" ? Held : null)!;
}
