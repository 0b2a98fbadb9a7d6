namespace Vigie.Server;

/// <summary>Outcomes in memory, within a bound; what was not asked for longest goes first. Safe for any number of threads.</summary>
internal sealed class MemoryLevel
{
    private const int StripeCount = 16;

    private readonly TimeProvider clock;
    private readonly TimeSpan lifetime;
    private readonly Stripe[] stripes = new Stripe[StripeCount];

    public MemoryLevel(CacheOptions options, TimeProvider clock)
    {
        (this.clock, lifetime) = (clock, options.Lifetime);
        for (int i = 0; i < stripes.Length; i++) stripes[i] = new Stripe(options.Bytes / StripeCount);
    }

    /// <summary>How many outcomes there are.</summary>
    public int Count => stripes.Sum(stripe => stripe.Count);

    /// <summary>About how many bytes they take.</summary>
    public long Bytes => stripes.Sum(stripe => stripe.Bytes);

    /// <summary>An outcome, or the task of whoever is at it; null for both where the caller has to find it out, and then to say so with <see cref="End"/>.</summary>
    /// <param name="key">Of what.</param>
    /// <param name="own">Becomes the task that others wait for where the caller has to find out.</param>
    public (Outcome? Found, Task<Outcome>? Coming) Begin(CacheKey key, Task<Outcome> own)
    {
        long now = clock.GetTimestamp();
        Stripe stripe = StripeOf(key.Text);
        lock (stripe.Gate) return stripe.Begin(key, own, now);
    }

    /// <summary>Others need not wait any more; keeps the outcome unless it was forgotten meanwhile.</summary>
    /// <param name="key">Of what.</param>
    /// <param name="own">As begun.</param>
    /// <param name="outcome">Null where it could not be found out.</param>
    /// <returns>Whether it is kept.</returns>
    public bool End(CacheKey key, Task<Outcome> own, Outcome? outcome)
    {
        long until = clock.GetTimestamp() + (long)(lifetime.TotalSeconds * clock.TimestampFrequency);
        Stripe stripe = StripeOf(key.Text);
        lock (stripe.Gate) return stripe.End(key, own, outcome, until);
    }

    /// <summary>Forgets a text, by whichever model.</summary>
    public void Forget(UInt128 text)
    {
        Stripe stripe = StripeOf(text);
        lock (stripe.Gate) stripe.Remove(key => key.Text == text);
    }

    /// <summary>Forgets what other models than these have said.</summary>
    public void Keep(IReadOnlySet<UInt128> models)
    {
        foreach (Stripe stripe in stripes)
        {
            lock (stripe.Gate) stripe.Remove(key => !models.Contains(key.Model));
        }
    }

    private Stripe StripeOf(UInt128 text) => stripes[(int)((ulong)text % StripeCount)];

    private readonly record struct Entry(CacheKey Key, Outcome Outcome, long Until);

    private sealed class Stripe(long bound)
    {
        private readonly Dictionary<CacheKey, LinkedListNode<Entry>> entries = [];
        private readonly LinkedList<Entry> order = new(); // what was asked for last stands first
        private readonly Dictionary<CacheKey, Task<Outcome>> coming = [];

        public Lock Gate { get; } = new();

        public int Count => entries.Count;

        public long Bytes { get; private set; }

        public (Outcome? Found, Task<Outcome>? Coming) Begin(CacheKey key, Task<Outcome> own, long now)
        {
            if (entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                if (node.Value.Until > now)
                {
                    order.Remove(node);
                    order.AddFirst(node);
                    return (node.Value.Outcome, null);
                }

                Remove(node);
            }

            if (coming.TryGetValue(key, out Task<Outcome>? other)) return (null, other);
            coming[key] = own;
            return (null, null);
        }

        public bool End(CacheKey key, Task<Outcome> own, Outcome? outcome, long until)
        {
            if (!coming.TryGetValue(key, out Task<Outcome>? current) || current != own) return false;
            coming.Remove(key);
            if (outcome is null || outcome.Bytes > bound) return false;
            entries[key] = order.AddFirst(new Entry(key, outcome, until));
            Bytes += outcome.Bytes;
            while (Bytes > bound) Remove(order.Last!);
            return true;
        }

        public void Remove(Func<CacheKey, bool> which)
        {
            for (LinkedListNode<Entry>? node = order.First, next; node is not null; node = next)
            {
                next = node.Next;
                if (which(node.Value.Key)) Remove(node);
            }

            foreach (CacheKey key in coming.Keys.Where(which).ToList()) coming.Remove(key); // what is on its way is not kept either
        }

        private void Remove(LinkedListNode<Entry> node)
        {
            order.Remove(node);
            entries.Remove(node.Value.Key);
            Bytes -= node.Value.Outcome.Bytes;
        }
    }
}
