using System.Runtime.InteropServices;

namespace Vigie.Monitoring;

/// <summary>In how many of the newest texts each word is.</summary>
internal sealed class WordWindow(RecentTweets recent, int size)
{
    private readonly Dictionary<ulong, int> _texts = [];

    /// <summary>Texts in the window.</summary>
    public int Texts { get; private set; }

    public int Size => size;

    public IReadOnlyDictionary<ulong, int> Counts => _texts;

    /// <summary>Drops the text that leaves the window when another comes. To be called before that is added to the recent ones.</summary>
    public void MakeRoom()
    {
        if (Texts < size) return;
        Remove(recent.WordsOf(size - 1));
        Texts--;
    }

    public void Add(ReadOnlySpan<ulong> words)
    {
        Texts++;
        foreach (ulong word in words) CollectionsMarshal.GetValueRefOrAddDefault(_texts, word, out _)++;
    }

    /// <summary>Takes words back out of the counts.</summary>
    public void Remove(ReadOnlySpan<ulong> words)
    {
        foreach (ulong word in words)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_texts, word);
            if (--count == 0) _texts.Remove(word);
        }
    }
}
