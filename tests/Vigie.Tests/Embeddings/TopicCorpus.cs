using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

/// <summary>
/// Sentences of words that belong together: each is made of one topic's words, with words of no topic in between. A word's spelling says nothing of its topic, so
/// n-grams have to be learnt like everything else.
/// </summary>
internal static class TopicCorpus
{
    public const int Topics = 4, WordsPerTopic = 10;

    public static string Word(int topic, int index)
    {
        var random = new Xoshiro256(77, 1 + (ulong)(topic * WordsPerTopic + index));
        return string.Create(7, random, static (name, random) =>
        {
            for (int i = 0; i < name.Length; i++) name[i] = (char)('a' + random.Next(26));
        });
    }

    public static WordCorpus Corpus(int sentences = 1500)
    {
        var random = new Xoshiro256(5);
        return WordCorpus.FromSentences(Enumerable.Range(0, sentences).Select(_ =>
        {
            int topic = random.Next(Topics);
            return Enumerable.Range(0, 10).Select(_ => random.Chance(0.3) ? $"the{random.Next(5)}" : Word(topic, random.Next(WordsPerTopic))).ToList();
        }));
    }

    /// <summary>Share of the topics' words whose nearest word, among those of any topic, is of its own topic.</summary>
    public static double Purity(WordVectors vectors)
    {
        int[] words = [.. Enumerable.Range(0, Topics * WordsPerTopic).Select(i => vectors.IndexOf(Word(i / WordsPerTopic, i % WordsPerTopic)))];
        Assert.DoesNotContain(-1, words);
        int right = 0;
        for (int i = 0; i < words.Length; i++)
        {
            int nearest = Enumerable.Range(0, words.Length).Where(j => j != i).MaxBy(j => vectors.Similarity(words[i], words[j]));
            if (nearest / WordsPerTopic == i / WordsPerTopic) right++;
        }
        return (double)right / words.Length;
    }
}
