using Vigie.Features;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of the way from tokens to n-grams and their values.</summary>
internal static class VectorizerParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Grams("word_min", "shortest word n-gram", grams => grams.WordMin, (grams, value) => grams with { WordMin = value }, Whole, grams => grams.WordMax > 0),
        Grams("word_max", "longest word n-gram, 0 for none", grams => grams.WordMax, (grams, value) => grams with { WordMax = value }, Whole),
        Grams("skip_max", "most words left out between the two of a pair, 0 for no pairs", grams => grams.SkipMax, (grams, value) => grams with { SkipMax = value }, Whole),
        Grams("char_min", "shortest character n-gram", grams => grams.CharMin, (grams, value) => grams with { CharMin = value }, Whole, HasCharacters),
        Grams("char_max", "longest character n-gram, 0 for none", grams => grams.CharMax, (grams, value) => grams with { CharMax = value }, Whole),
        Grams("char_boundary", "where character n-grams lie: word, text", grams => grams.CharBoundary, (grams, value) => grams with { CharBoundary = value }, Named, HasCharacters),
        Vector("min_df", "fewest texts a feature must be in", vector => vector.MinDf, (vector, value) => vector with { MinDf = value }, Whole, HasVocabulary),
        Vector("max_df", "largest share of texts a feature may be in", vector => vector.MaxDf, (vector, value) => vector with { MaxDf = value }, Real, HasVocabulary),
        Vector("max_features", "most features, none for all", vector => vector.MaxFeatures, (vector, value) => vector with { MaxFeatures = value }, WholeOrNone, HasVocabulary),
        Vector("hash_bits", "bits of the hashed feature space, 10 to 28", vector => vector.HashBits ?? 0, (vector, value) => vector with { HashBits = value }, Whole, vector => !HasVocabulary(vector)),
        Vector("binary", "presence instead of counts: true, false", vector => vector.Binary, (vector, value) => vector with { Binary = value }, bool.TryParse),
        Vector("sublinear_tf", "1 + ln(count) instead of the count: true, false", vector => vector.SublinearTf, (vector, value) => vector with { SublinearTf = value }, bool.TryParse, vector => !vector.Binary),
        Vector("weighting", "value of a feature: count, idf, naive_bayes", vector => vector.Weighting, (vector, value) => vector with { Weighting = value }, Named, HasVocabulary),
        Vector("l2", "scale vectors to length 1: true, false", vector => vector.L2, (vector, value) => vector with { L2 = value }, bool.TryParse),
        Bayes("nb_alpha", "added to the counts of naive-Bayes weights", bayes => bayes.Alpha, (bayes, value) => bayes with { Alpha = value }),
        Bayes("nb_power", "exponent of naive-Bayes weights", bayes => bayes.Power, (bayes, value) => bayes with { Power = value }),
        Bayes("nb_floor", "least naive-Bayes weight", bayes => bayes.Floor, (bayes, value) => bayes with { Floor = value }),
        Bayes("char_scale", "weight of character n-grams beside words", bayes => bayes.CharScale, (bayes, value) => bayes with { CharScale = value }, vector => HasCharacters(vector.Ngrams)),
    ];

    private static bool HasVocabulary(NgramVectorizer vector) => vector.HashBits is null;

    private static bool HasCharacters(Ngrams grams) => grams.CharMax > 0;

    private static RecipeParameter Vector<T>(string name, string help, Func<NgramVectorizer, T> read, Func<NgramVectorizer, T, NgramVectorizer> write, Parser<T> parser, Func<NgramVectorizer, bool>? matters = null) =>
        RecipeParameter.Of<VectorizingLearner, T>(
            name, help, learner => read(learner.Vectorizer), (learner, value) => learner with { Vectorizer = write(learner.Vectorizer, value) }, parser,
            matters is null ? null : learner => matters(learner.Vectorizer));

    private static RecipeParameter Grams<T>(string name, string help, Func<Ngrams, T> read, Func<Ngrams, T, Ngrams> write, Parser<T> parser, Func<Ngrams, bool>? matters = null) =>
        Vector(name, help, vector => read(vector.Ngrams), (vector, value) => vector with { Ngrams = write(vector.Ngrams, value) }, parser, matters is null ? null : vector => matters(vector.Ngrams));

    private static RecipeParameter Bayes(
        string name, string help, Func<NaiveBayesWeights, double> read, Func<NaiveBayesWeights, double, NaiveBayesWeights> write, Func<NgramVectorizer, bool>? matters = null) =>
        Vector(
            name, help, vector => read(vector.NaiveBayes), (vector, value) => vector with { NaiveBayes = write(vector.NaiveBayes, value) }, (Parser<double>)Real,
            vector => vector.Weighting == Weighting.NaiveBayes && matters?.Invoke(vector) != false);
}
