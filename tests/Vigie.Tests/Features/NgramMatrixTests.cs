using Vigie.Features;

namespace Vigie.Tests.Features;

public sealed class NgramMatrixTests
{
    [Fact]
    public void The_first_texts_may_be_empty()
    {
        (FittedVectorizer vectorizer, NgramMatrix matrix) = new NgramVectorizer().Fit(["", "", "late again"], []);

        Assert.Equal((3, 2, 2), (matrix.RowCount, vectorizer.FeatureCount, (int)matrix.EntryCount));
    }

    [Fact]
    public void Nothing_but_empty_texts_leaves_no_feature_and_says_so() =>
        Assert.Contains("no feature is left of 2 texts", Assert.Throws<InvalidInputException>(() => new NgramVectorizer().Fit(["", " "], [])).Message, StringComparison.Ordinal);
}
