using MathNet.Numerics;

namespace Vigie.Monitoring;

/// <summary>Is a word more frequent here than there?</summary>
public static class WordTest
{
    /// <summary>The likelihood-ratio test of a table of two by two (Dunning, Comput. Linguist. 1993), one degree of freedom.</summary>
    /// <param name="texts">Texts with the word here.</param>
    /// <param name="all">All texts here.</param>
    /// <param name="textsThen">Texts with the word there.</param>
    /// <param name="allThen">All texts there.</param>
    public static ChiSquareResult G(long texts, long all, long textsThen, long allThen)
    {
        if (texts < 0 || texts > all || textsThen < 0 || textsThen > allThen || all == 0 || allThen == 0)
            throw new InvalidInputException($"{texts} of {all} texts against {textsThen} of {allThen}: expected parts of something");
        double together = (double)(texts + textsThen) / (all + allThen);
        double statistic = 2 * (Term(texts, all * together) + Term(all - texts, all * (1 - together)) + Term(textsThen, allThen * together) + Term(allThen - textsThen, allThen * (1 - together)));
        statistic = Math.Max(0, statistic);
        return new ChiSquareResult(statistic, SpecialFunctions.GammaUpperRegularized(0.5, statistic / 2), 1);
    }

    /// <summary>How much the odds have grown, as a natural logarithm; half a text is added on both sides, so that it is always a number (Haldane 1956).</summary>
    /// <param name="texts">Texts with the word.</param>
    /// <param name="all">All texts.</param>
    /// <param name="reference">Share of texts with the word then, in [0, 1].</param>
    public static double LogOdds(long texts, long all, double reference) =>
        Math.Log((texts + 0.5) / (all - texts + 0.5)) - Math.Log((reference * all + 0.5) / ((1 - reference) * all + 0.5));

    private static double Term(double seen, double expected) => seen == 0 ? 0 : seen * Math.Log(seen / expected);
}
