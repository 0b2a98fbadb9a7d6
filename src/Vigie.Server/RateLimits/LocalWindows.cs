namespace Vigie.Server;

/// <summary>The windows of this process's clients. Safe for any number of threads; constant time and bounded memory.</summary>
/// <remarks>
/// Where there is no room for another client, it shares the window of its stripe with others that found none: forgetting somebody instead would let who has many
/// addresses wash their counts away, and growing would let them fill the memory.
/// </remarks>
internal sealed class LocalWindows
{
    private const int StripeCount = 64;

    private readonly TimeProvider clock;
    private readonly long stepTicks;
    private readonly int limit, room;
    private readonly Stripe[] stripes = new Stripe[StripeCount];

    /// <param name="clock">The clock.</param>
    /// <param name="limit">Most that is let through in any window.</param>
    /// <param name="window">How long something counts.</param>
    /// <param name="clients">How many are told apart.</param>
    public LocalWindows(TimeProvider clock, int limit, TimeSpan window, int clients)
    {
        (this.clock, this.limit) = (clock, limit);
        stepTicks = Math.Max(1, (long)(window.TotalSeconds * clock.TimestampFrequency / SlidingWindow.Steps));
        room = Math.Max(1, clients / StripeCount);
        for (int i = 0; i < stripes.Length; i++) stripes[i] = new Stripe();
    }

    /// <summary>How many clients are told apart at present.</summary>
    internal int Count => stripes.Sum(stripe => stripe.Count);

    /// <summary>Lets something through and counts it, or refuses it.</summary>
    public RateDecision Take(Client client, int count)
    {
        long now = clock.GetTimestamp(), step = now / stepTicks;
        Stripe stripe = StripeOf(client);
        lock (stripe.Gate)
        {
            SlidingWindow window = stripe.Find(client, step, room);
            bool allowed = window.Total + (long)count <= limit;
            if (allowed) window.Add(count);
            int missing = allowed ? 1 : window.Total + count - limit;
            return new RateDecision(allowed, limit - window.Total, Until(window.StepWithout(missing) * stepTicks, now));
        }
    }

    /// <summary>Counts what Redis has let through, so that this process knows it should Redis go away.</summary>
    public void Add(Client client, int count)
    {
        long step = clock.GetTimestamp() / stepTicks;
        Stripe stripe = StripeOf(client);
        lock (stripe.Gate) stripe.Find(client, step, room).Add(count);
    }

    /// <summary>Remembers that Redis refuses a client.</summary>
    public void Refuse(Client client, TimeSpan wait)
    {
        long now = clock.GetTimestamp();
        Stripe stripe = StripeOf(client);
        lock (stripe.Gate)
        {
            SlidingWindow window = stripe.Find(client, now / stepTicks, room);
            if (!stripe.IsCrowd(window)) window.RefusedUntil = now + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        }
    }

    /// <summary>Whether Redis has said to refuse the client, and need not be asked again yet.</summary>
    public bool IsRefused(Client client, out RateDecision decision)
    {
        long now = clock.GetTimestamp();
        Stripe stripe = StripeOf(client);
        long until;
        lock (stripe.Gate) until = stripe.Find(client, now / stepTicks, room).RefusedUntil;
        decision = new RateDecision(false, 0, Until(until, now));
        return until > now;
    }

    private TimeSpan Until(long then, long now) => clock.GetElapsedTime(now, Math.Max(then, now));

    // The runtime seeds these hashes anew in every process, so that nobody can choose the addresses that fall into one stripe.
    private Stripe StripeOf(Client client) => stripes[(uint)client.GetHashCode() % StripeCount];

    private sealed class Stripe
    {
        private readonly Dictionary<Client, SlidingWindow> windows = [];
        private readonly SlidingWindow crowd = new();
        private long swept = -1;

        public Lock Gate { get; } = new();

        public int Count => windows.Count;

        /// <summary>Whether the window is that of everybody for whom there was no room.</summary>
        public bool IsCrowd(SlidingWindow window) => window == crowd;

        public SlidingWindow Find(Client client, long step, int room)
        {
            if (!windows.TryGetValue(client, out SlidingWindow? window))
            {
                if (windows.Count >= room && swept != step) Sweep(step);
                window = windows.Count < room ? windows[client] = new SlidingWindow() : crowd;
            }

            window.MoveTo(step);
            return window;
        }

        // At most once in a step, so that a flood of addresses does not have it done for every request.
        private void Sweep(long step)
        {
            swept = step;
            foreach ((Client client, SlidingWindow window) in windows)
            {
                if (window.IsIdle(step)) windows.Remove(client);
            }
        }
    }
}

/// <summary>Whether something was let through.</summary>
/// <param name="Allowed">Whether it was.</param>
/// <param name="Remaining">How much more would be.</param>
/// <param name="Wait">Until a refused one would be let through; else until something is given back.</param>
internal readonly record struct RateDecision(bool Allowed, int Remaining, TimeSpan Wait);
