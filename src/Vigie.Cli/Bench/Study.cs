using System.Globalization;
using Vigie.Evaluation;

namespace Vigie.Cli;

/// <summary>What became of a claim.</summary>
internal enum Verdict
{
    Confirmed,
    Refuted,

    /// <summary>The difference may be chance.</summary>
    Open,
}

/// <summary>A claim of the reference study, and what the same comparison gives here.</summary>
/// <param name="Says">The claim.</param>
/// <param name="Theirs">Their numbers.</param>
/// <param name="Better">The system that the claim has ahead, with its macro F1.</param>
/// <param name="Worse">The other.</param>
/// <param name="Difference">Macro F1 of the first less that of the second.</param>
/// <param name="P">Two-sided p of McNemar's test over the test rows.</param>
internal sealed record StudyClaim(string Says, string Theirs, string Better, string Worse, double Difference, double P)
{
    private const double Chance = 0.05;

    public Verdict Verdict => P >= Chance ? Verdict.Open : Difference > 0 ? Verdict.Confirmed : Verdict.Refuted;
}

/// <summary>The results of the study with its claims examined.</summary>
internal sealed class Study(StudyPlan plan, ModelResults results, StudyDecisions decisions)
{
    public StudyPlan Plan => plan;

    public ModelResults Results => results;

    /// <summary>The claims, in the order of the reference study. Its figures are F1 of the positive class or accuracy on its own test rows.</summary>
    public IReadOnlyList<StudyClaim> Claims { get; } =
    [
        .. new (string Says, string Theirs, BenchWork Better, BenchWork Worse)[]
        {
            ("Stemming is better than lemmatising (TF-IDF, logistic regression)", "F1 + .0028 to + .0045", plan.Of("tfidf-lr", "form=stem"), plan.Of("tfidf-lr", "form=lemma")),
            ("Stemming is better than lemmatising (Word2Vec, LSTM)", "F1 + .0028 to + .0045", plan.Of("word2vec-lstm", "form=stem"), plan.Of("word2vec-lstm", "form=lemma")),
            ("Stemming is better than words as written (it is applied to all models)", "not compared", plan.Of("tfidf-lr", "form=stem"), plan.Of("tfidf-lr")),
            ("On the same rows, TF-IDF with logistic regression is ahead of Word2Vec with LSTM", ".7754 against .7653", plan.Of("tfidf-lr"), plan.Of("word2vec-lstm")),
            ("Word2Vec is ahead of fastText under an LSTM", ".7653 against .7628", plan.Of("word2vec-lstm"), plan.Of("fasttext-lstm")),
            ("An LSTM is ahead of dense layers over the same vectors", ".7653 against .7571", plan.Of("word2vec-lstm"), plan.Of("word2vec-dense")),
            ("TF-IDF with logistic regression is ahead of sentence embeddings with dense layers", ".7754 against .7421", plan.Of("tfidf-lr"), plan.Of("sentence-dense")),
            ("Twice the rows make Word2Vec with LSTM better", ".7846 against .7653", new BenchWork("word2vec-lstm", plan.Middle), plan.Of("word2vec-lstm")),
            ("Four times the rows make it better still", ".7945 against .7846", new BenchWork("word2vec-lstm", plan.Large), new BenchWork("word2vec-lstm", plan.Middle)),
            ("A simple model with four times the rows is ahead of the most complex one (there BERT, here best-neural)", ".7945 against .7892", new BenchWork("word2vec-lstm", plan.Large), plan.Of("best-neural")),
            ("On many rows, networks are ahead of linear models", ".8300 against .7700 (1.6 million rows)", new BenchWork("word2vec-lstm", plan.Large), new BenchWork("tfidf-lr", plan.Large)),
            ("The same, against the best linear model", "not compared", new BenchWork("word2vec-lstm", plan.Large), new BenchWork("linear-best", plan.Large)),
        }.Select(claim => Examine(results, decisions, claim.Says, claim.Theirs, claim.Better, claim.Worse)),
    ];

    private static StudyClaim Examine(ModelResults results, StudyDecisions decisions, string says, string theirs, BenchWork better, BenchWork worse)
    {
        (ModelRow first, ModelRow second) = (RowOf(results, better), RowOf(results, worse));
        McNemarTest test = decisions.Compare(first, second);
        return new StudyClaim(says, theirs, Name(first), Name(second), first.F1Macro!.Value - second.F1Macro!.Value, test.P);
    }

    private static ModelRow RowOf(ModelResults results, BenchWork work) =>
        results.Rows.First(row => row.Recipe == work.Recipe && row.Size == work.Size && row.Settings.SequenceEqual(work.Settings));

    private static string Name(ModelRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', [row.Recipe!, .. row.Settings])}, {row.Size:N0} rows ({row.F1Macro:0.0000})");
}
