using Vigie.Features;
using Vigie.Text;

namespace Vigie.Tests.Features;

/// <summary>Vocabulary, inverse document frequencies and matrices against scikit-learn's vectorisers.</summary>
public sealed class GoldenVectorizerTests
{
    private static readonly NgramVectorizer Plain = new() { Text = TextPipeline.ScikitLearn };

    private static readonly NgramVectorizer CharWb = new()
    {
        Text = TextPipeline.ScikitLearn with { Tokens = TokenPattern.Whitespace },
        Ngrams = new Ngrams { WordMax = 0, CharMin = 2, CharMax = 3, CharBoundary = CharBoundary.Word },
    };

    public static TheoryData<string, NgramVectorizer> Vectorizers => new()
    {
        { "counts_1gram", Plain with { Weighting = Weighting.Count, L2 = false } },
        { "tfidf_1gram", Plain },
        { "tfidf_1to2gram_sublinear_min_df_2", Plain with { Ngrams = new Ngrams { WordMax = 2 }, MinDf = 2, SublinearTf = true } },
    };

    /// <summary>
    /// Where max_features cuts through terms that are equally frequent, scikit-learn keeps whichever its unstable sort leaves in front, and
    /// Vigie those that were seen first. Everything above the cut is the same, and rows differ by their length alone.
    /// </summary>
    [Theory]
    [InlineData("tfidf_max_features_15", 15)]
    [InlineData("tfidf_char_wb_2to3_max_features_60", 60)]
    public void The_most_frequent_terms_are_kept(string section, int most)
    {
        Golden golden = Golden.Section(section);
        string[] texts = Golden.Section("texts").Strings("");
        NgramVectorizer options = section.Contains("char", StringComparison.Ordinal) ? CharWb : Plain;
        (FittedVectorizer all, NgramMatrix counts) = (options with { Weighting = Weighting.Count, L2 = false }).Fit(texts, []);
        Dictionary<string, long> frequency = Names(all).Zip(counts.Occurrences(all.FeatureCount)).ToDictionary(pair => pair.First, pair => pair.Second);

        (FittedVectorizer vectorizer, NgramMatrix kept) = (options with { MaxFeatures = most }).Fit(texts, []);
        string[] ours = Names(vectorizer), theirs = [.. golden.At("vocabulary").EnumerateObject().Select(entry => entry.Name)];
        Assert.Equal(theirs.Select(name => frequency[name]).Order(), ours.Select(name => frequency[name]).Order());

        long cut = ours.Min(name => frequency[name]);
        string[] above = [.. frequency.Keys.Where(name => frequency[name] > cut)];
        Assert.Empty(above.Except(ours));
        Assert.Empty(above.Except(theirs));
        AssertProportional(golden, vectorizer.Weigh(kept), ours, [.. above]);
    }

    private static void AssertProportional(Golden golden, SparseMatrix matrix, string[] names, HashSet<string> shared)
    {
        int[] indptr = golden.Integers("indptr"), indices = golden.Integers("indices");
        double[] data = golden.Numbers("data");
        Dictionary<int, string> nameOf = golden.At("vocabulary").EnumerateObject().ToDictionary(entry => entry.Value.GetInt32(), entry => entry.Name);
        for (int row = 0; row < matrix.RowCount; row++)
        {
            Dictionary<string, double> theirs = Enumerable.Range(indptr[row], indptr[row + 1] - indptr[row]).ToDictionary(k => nameOf[indices[k]], k => data[k]);
            double? ratio = null;
            for (int k = matrix.RowStart[row]; k < matrix.RowStart[row + 1]; k++)
            {
                string name = names[matrix.Columns[k]];
                if (!shared.Contains(name)) continue;
                ratio ??= matrix.Values[k] / theirs[name];
                Golden.Near(ratio.Value, matrix.Values[k] / theirs[name]);
            }
        }
    }

    private static string[] Names(FittedVectorizer vectorizer) => [.. vectorizer.Vocabulary!.Names.Select(name => name.Trim('‹', '›'))];

    [Theory, MemberData(nameof(Vectorizers))]
    public void Vocabulary_and_matrix_are_scikit_learn_s(string section, NgramVectorizer options)
    {
        Golden golden = Golden.Section(section);
        string[] texts = Golden.Section("texts").Strings("");
        (FittedVectorizer vectorizer, NgramMatrix matrix) = options.Fit(texts, []);

        Dictionary<string, int> theirs = golden.At("vocabulary").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32());
        string[] ours = Names(vectorizer);
        Assert.Equal(theirs.Keys.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
        int[] column = [.. ours.Select(name => theirs[name])];

        if (options.Weighting == Weighting.Idf)
        {
            double[] idf = golden.Numbers("idf");
            Golden.Near([.. column.Select(c => idf[c])], vectorizer.Weights!);
        }
        AssertSame(golden, vectorizer.Weigh(matrix), column);
        AssertSame(golden, vectorizer.Transform(texts), column);
    }

    private static void AssertSame(Golden golden, SparseMatrix matrix, int[] column)
    {
        int[] indptr = golden.Integers("indptr"), indices = golden.Integers("indices");
        double[] data = golden.Numbers("data");
        Assert.Equal(indptr.Length - 1, matrix.RowCount);
        for (int row = 0; row < matrix.RowCount; row++)
        {
            (int Column, double Value)[] entries =
                [.. Enumerable.Range(matrix.RowStart[row], matrix.RowStart[row + 1] - matrix.RowStart[row]).Select(k => (column[matrix.Columns[k]], matrix.Values[k])).OrderBy(entry => entry.Item1)];
            Assert.Equal(indices[indptr[row]..indptr[row + 1]], entries.Select(entry => entry.Column));
            Golden.Near(data[indptr[row]..indptr[row + 1]], [.. entries.Select(entry => entry.Value)]);
        }
    }
}
