using Vigie.Bundles;

namespace Vigie.Monitoring;

/// <summary>The words of a file beside those of a training, once.</summary>
internal static class WordComparison
{
    private const double FalseShare = 0.05; // of the words named, so many are chance
    private const int MostWords = 25, FewestTexts = 3;

    /// <summary>
    /// Words that are in more texts than in training by the likelihood-ratio test, after Benjamini and Hochberg's correction for all words of the file, and by more than the factor that matters. One that was not
    /// among the most frequent of the training is compared with the last of these, which it cannot have been above.
    /// </summary>
    public static IReadOnlyList<RisingWord> Rising(ReferenceWords reference, TrainingProfile profile, DriftOptions options, TextsSeen seen, IReadOnlyList<string> texts)
    {
        int all = texts.Count;
        var tested = new List<(TextsSeen.Word Word, ReferenceWords.Known Known, double P)>();
        foreach ((ulong fingerprint, TextsSeen.Word word) in seen.Words)
        {
            ReferenceWords.Known known = reference.Of(fingerprint);
            if (word.Texts < FewestTexts || (double)word.Texts / all <= options.WordFactor * known.Share) continue;
            tested.Add((word, known, WordTest.G(word.Texts, all, (long)Math.Round(known.Share * profile.Texts), profile.Texts).P / 2)); // one side of two
        }

        double[] adjusted = MultipleTests.BenjaminiHochberg([.. tested.Select(test => test.P)], seen.Words.Count);
        return
        [
            .. tested.Select((test, i) => new RisingWord(test.Known.Name ?? test.Word.Name, test.Word.Texts, (double)test.Word.Texts / all, test.Known.Share, test.Known.IsNew, test.P)
                {
                    AdjustedP = adjusted[i],
                    LogOdds = WordTest.LogOdds(test.Word.Texts, all, test.Known.Share),
                    Examples = [.. test.Word.Examples.Select(at => new DriftExample(null, texts[at]))],
                })
                .Where(word => word.AdjustedP <= FalseShare)
                .OrderByDescending(word => word.LogOdds).ThenBy(word => word.Word, StringComparer.Ordinal)
                .Take(MostWords),
        ];
    }
}
