using Vigie.Features;

namespace Vigie.Tests.Features;

public sealed class NaiveBayesWeightsTests
{
    private static readonly string[] Texts = ["good day", "bad day", "good flight", "bad flight"];

    private static NgramVectorizer Weighing(NaiveBayesWeights weights) => new() { Weighting = Weighting.NaiveBayes, Binary = true, NaiveBayes = weights };

    [Fact]
    public void What_falls_on_one_class_weighs_more_than_what_falls_on_both()
    {
        (FittedVectorizer vectorizer, _) = Weighing(new NaiveBayesWeights { Power = 1, Floor = 0 }).Fit(Texts, [1, 0, 1, 0]);
        Dictionary<string, double> weight = vectorizer.Vocabulary!.Names.Zip(vectorizer.Weights!).ToDictionary(pair => pair.First, pair => pair.Second);
        // Four features, eight occurrences: (2 + 1) / (4 + 4) against (0 + 1) / (4 + 4).
        Assert.Equal(Math.Log(3), weight["good"], 6);
        Assert.Equal(Math.Log(3), weight["bad"], 6);
        Assert.Equal(0, weight["day"], 6);
    }

    [Theory]
    [InlineData(0, 1, 0, 1)]
    [InlineData(double.NaN, 1, 0, 1)]
    [InlineData(1, -1, 0, 1)]
    [InlineData(1, 1, -0.1, 1)]
    [InlineData(1, 1, 0, 0)]
    public void Settings_out_of_range_are_refused(double alpha, double power, double floor, double charScale) =>
        Assert.Throws<InvalidInputException>(() => Weighing(new NaiveBayesWeights { Alpha = alpha, Power = power, Floor = floor, CharScale = charScale }).Fit(Texts, [1, 0, 1, 0]));

    [Fact]
    public void A_text_without_its_label_is_refused() =>
        Assert.Throws<InvalidInputException>(() => Weighing(new NaiveBayesWeights()).Fit(Texts, [1, 0, 1]));
}
