using System.Security.Cryptography;

namespace Vigie.Text;

/// <summary>
/// The word lists that a pipeline reads. They are part of the program and not of its settings: a model remembers their digests, because
/// under an edited list the same text has other tokens.
/// </summary>
public static class TextData
{
    private static readonly string[] Lemmas = ["english-adjectives", "english-irregular-others", "english-irregular-verbs", "english-unchanged", "english-verbs"];
    private static readonly string[] Hashtags = [.. Lemmas, "english-words", "french-words"];

    /// <summary>SHA-256 of each list that the pipeline reads, in lower-case hexadecimal, by the list's name; empty where it reads none.</summary>
    public static SortedDictionary<string, string> DigestsFor(TextPipeline pipeline)
    {
        string[] stopWords = pipeline.StopWords switch
        {
            StopWordLanguage.English => ["english-stop-words"],
            StopWordLanguage.French => ["french-stop-words"],
            _ => [],
        };
        IEnumerable<string> names = stopWords
            .Concat(pipeline.Form == WordForm.Lemma ? Lemmas : [])
            .Concat(pipeline.Hashtags == HashtagPolicy.Split ? Hashtags : [])
            .Distinct();
        return new SortedDictionary<string, string>(names.ToDictionary(name => name, Digest), StringComparer.Ordinal);
    }

    private static string Digest(string name)
    {
        using Stream list = WordFile.Open(name);
        return Convert.ToHexStringLower(SHA256.HashData(list));
    }
}
