using System.Data.Common;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Review;

/// <summary>What one reviewer has before them: texts to judge, the one at hand, and what they said of those before.</summary>
internal sealed class ReviewDesk
{
    private readonly HashSet<UInt128> judged = [], skipped = [];
    private readonly Stack<(ReviewItem Item, Sentiment Label)> past = new();

    /// <summary>The texts, the reported ones first.</summary>
    public IReadOnlyList<ReviewItem> Items { get; private set; } = [];

    /// <summary>The place of the one at hand.</summary>
    public int At { get; private set; }

    /// <summary>The one at hand; null where nothing is left.</summary>
    public ReviewItem? Current => At < Items.Count ? Items[At] : null;

    /// <summary>What they said of the one at hand before, where they have taken it back.</summary>
    public Sentiment? Before { get; private set; }

    /// <summary>How many they have judged since the page was opened.</summary>
    public int Done => judged.Count;

    /// <summary>Whether there is something to go back to.</summary>
    public bool CanUndo => past.Count > 0;

    /// <summary>Takes in what the records have now. What was judged here does not come back, the one at hand stays, and what was skipped comes last.</summary>
    public void Take(IReadOnlyList<ReviewItem> items)
    {
        ReviewItem? current = Current;
        ReviewItem[] open = [.. items.Where(item => item.Id != current?.Id && !judged.Contains(item.Id.Bits))];
        Items = [.. current is null || skipped.Contains(current.Id.Bits) ? [] : new[] { current }, .. open.Where(item => !skipped.Contains(item.Id.Bits)), .. open.Where(item => skipped.Contains(item.Id.Bits)), .. current is not null && skipped.Contains(current.Id.Bits) ? new[] { current } : []];
        At = current is null ? 0 : Math.Max(0, Items.ToList().IndexOf(current));
    }

    /// <summary>Looks at another one.</summary>
    public void Go(int place)
    {
        At = Math.Clamp(place, 0, Math.Max(0, Items.Count - 1));
        Before = null;
    }

    /// <summary>Leaves the one at hand for later.</summary>
    public void Skip()
    {
        if (Current is not { } current) return;
        skipped.Add(current.Id.Bits);
        Items = [.. Items.Where((_, place) => place != At), current];
        Go(At >= Items.Count - 1 ? 0 : At);
    }

    /// <summary>Notes what was said of the one at hand, and goes on to the next.</summary>
    public void Judged(Sentiment label)
    {
        if (Current is not { } current) return;
        judged.Add(current.Id.Bits);
        skipped.Remove(current.Id.Bits);
        past.Push((current, label));
        Items = [.. Items.Where((_, place) => place != At)];
        Go(At >= Items.Count ? 0 : At);
    }

    /// <summary>Goes back to the last one that was judged: what is said now takes the place of what was said.</summary>
    public void Undo()
    {
        if (!past.TryPop(out (ReviewItem Item, Sentiment Label) last)) return;
        judged.Remove(last.Item.Id.Bits);
        Items = [.. Items.Take(At), last.Item, .. Items.Skip(At)];
        Before = last.Label;
    }

    /// <summary>Begins with another queue.</summary>
    public void Clear()
    {
        (Items, At, Before) = ([], 0, null);
        judged.Clear();
        skipped.Clear();
        past.Clear();
    }
}

/// <summary>Asks the records, whose failures become words.</summary>
internal static class Asked
{
    /// <exception cref="IOException">The records cannot be read.</exception>
    public static async Task<T> OfRecordsAsync<T>(Task<T> question)
    {
        try
        {
            return await question;
        }
        catch (DbException away)
        {
            throw new IOException($"the records cannot be read at present: {away.Message}", away);
        }
    }
}
