using System.Net;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class LocalWindowsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Step = TimeSpan.FromSeconds(1);

    /// <summary>Held against the whole log of what was let through, which no server could afford to keep.</summary>
    [Fact]
    public void No_window_holds_more_than_the_limit_and_nothing_is_refused_without_need() =>
        Gen.Select(Gen.Int[1, 20], Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 3]).Array[1, 200]).Sample((limit, asked) =>
        {
            var clock = new FakeTimeProvider();
            var windows = new LocalWindows(clock, limit, Minute, 1000);
            Client client = Client.At(IPAddress.Loopback);
            var log = new List<(DateTimeOffset At, int Count)>();
            foreach ((int pause, int count) in asked)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                DateTimeOffset now = clock.GetUtcNow();
                int Within(TimeSpan span) => log.Where(entry => now - entry.At < span).Sum(entry => entry.Count);

                RateDecision decision = windows.Take(client, count);

                if (decision.Allowed) log.Add((now, count));
                if (Within(Minute) > limit) return false;
                if (!decision.Allowed && Within(Minute + Step) + count <= limit) return false;
                if (decision.Remaining > limit - Within(Minute) || decision.Remaining < limit - Within(Minute + Step)) return false;
            }

            return true;
        });

    [Fact]
    public void The_wait_that_is_told_is_long_enough_and_no_longer() =>
        Gen.Select(Gen.Int[0, 3_000].Array[1, 60], Gen.Int[1, 20]).Sample((pauses, count) =>
        {
            var clock = new FakeTimeProvider();
            var windows = new LocalWindows(clock, 20, Minute, 1000);
            Client client = Client.Named("key-1");
            foreach (int pause in pauses)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                windows.Take(client, 1);
            }

            RateDecision decision = windows.Take(client, count);
            if (decision.Allowed) return true;
            clock.Advance(decision.Wait - TimeSpan.FromMilliseconds(1));
            bool tooEarly = windows.Take(client, count).Allowed;
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return !tooEarly && windows.Take(client, count).Allowed;
        });

    [Fact]
    public void A_flood_of_addresses_neither_grows_without_bound_nor_washes_a_count_away()
    {
        var clock = new FakeTimeProvider();
        var windows = new LocalWindows(clock, 5, Minute, clients: 640);
        Client known = Client.At(IPAddress.Parse("192.0.2.1"));
        for (int i = 0; i < 5; i++) Assert.True(windows.Take(known, 1).Allowed);

        int allowed = 0;
        for (uint i = 0; i < 20_000; i++)
        {
            if (windows.Take(Client.At(new IPAddress(0x0A000000u + i)), 1).Allowed) allowed++;
        }

        Assert.False(windows.Take(known, 1).Allowed);
        Assert.InRange(windows.Count, 600, 640);
        Assert.InRange(allowed, windows.Count - 1, windows.Count + (64 * 5)); // each that found room, and what is shared by those who found none

        clock.Advance(Minute + Step);
        Assert.True(windows.Take(known, 1).Allowed);
        Assert.All(Enumerable.Range(0, 200), i => Assert.True(windows.Take(Client.At(new IPAddress(0x0B000000L + i)), 1).Allowed)); // there is room again
    }

    [Fact]
    public async Task Counting_from_many_threads_loses_nothing()
    {
        var windows = new LocalWindows(new FakeTimeProvider(), 10_000, Minute, 1000);
        int allowed = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                if (windows.Take(Client.Named("one"), 1).Allowed) Interlocked.Increment(ref allowed);
            }
        })));
        Assert.Equal(10_000, allowed);
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void Addresses_are_one_client_where_one_customer_has_them(string one, string other, bool same) =>
        Assert.Equal(same, Client.At(IPAddress.Parse(one)) == Client.At(IPAddress.Parse(other)));
}
