using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary>What the study trains.</summary>
/// <param name="Small">Rows of the sample that every recipe is trained on.</param>
/// <param name="VectorsFile">Published word vectors for <c>glove-lstm</c>; null leaves it out.</param>
internal sealed record StudyPlan(int Small, string? VectorsFile)
{
    private static readonly string[] Main = ["tfidf-lr", "linear-best", "linear-fast", "fasttext", "word2vec-lstm", "best-neural"];

    public static BenchSuite Suite { get; } = new("bench study", "The study", "-study", [], []);

    /// <summary>Every recipe on the small sample, the forms of words compared there, and the main recipes on more.</summary>
    public IReadOnlyList<BenchWork> Work =>
    [
        .. RecipeCatalog.All.Where(recipe => recipe.Name != "glove-lstm" || VectorsFile is not null).Select(recipe => Of(recipe.Name)),
        .. Forms.Select(form => Of("tfidf-lr", $"form={form}")),
        .. Forms.Select(form => Of("word2vec-lstm", $"form={form}")),
        .. new[] { Middle, Large }.SelectMany(size => Main.Select(recipe => new BenchWork(recipe, size))),
    ];

    public int Middle => 2 * Small;

    public int Large => 4 * Small;

    private static string[] Forms => ["stem", "lemma"];

    /// <summary>A recipe on the small sample.</summary>
    public BenchWork Of(string recipe, params string[] settings) =>
        new(recipe, Small) { Settings = recipe == "glove-lstm" ? [.. settings, $"vectors_file={VectorsFile}"] : settings };
}
