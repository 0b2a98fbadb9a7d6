using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Security;

public sealed class GuessesTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1"), There = IPAddress.Parse("192.0.2.2");
    private readonly FakeTimeProvider clock = new();
    private readonly Guesses guesses;

    public GuessesTests() => guesses = new Guesses(clock);

    [Fact]
    public void Waits_double_from_the_fifth_wrong_attempt_up_to_five_minutes()
    {
        var waits = new List<double>();
        for (int i = 0; i < 16; i++)
        {
            guesses.Failed(Here, "ann");
            waits.Add(guesses.Wait(Here, "ann").TotalSeconds);
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], waits);
    }

    [Fact]
    public void Others_and_other_addresses_do_not_wait()
    {
        for (int i = 0; i < 10; i++) guesses.Failed(Here, "ann");

        Assert.Equal(TimeSpan.Zero, guesses.Wait(Here, "bob"));
        Assert.Equal(TimeSpan.Zero, guesses.Wait(There, "ann"));
    }

    [Fact]
    public void Whoever_tries_many_users_waits_for_all()
    {
        for (int i = 0; i < 30; i++) guesses.Failed(Here, $"user{i}");

        Assert.True(guesses.Wait(Here, "another") > TimeSpan.Zero);
        Assert.True(guesses.Wait(Here, null) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, guesses.Wait(There, "another"));
    }

    [Fact]
    public void The_right_password_clears_the_users_attempts_and_not_the_addresss()
    {
        for (int i = 0; i < 30; i++)
        {
            guesses.Failed(Here, "victim");
            guesses.Succeeded(Here, "mallory");
        }

        Assert.True(guesses.Wait(Here, "victim") > TimeSpan.Zero);
        guesses.Succeeded(Here, "victim");
        Assert.True(guesses.Wait(Here, "victim") > TimeSpan.Zero); // the address's own
        Assert.Equal(TimeSpan.Zero, guesses.Wait(There, "victim"));
    }

    [Fact]
    public void A_network_of_IPv6_counts_as_one()
    {
        for (int i = 1; i <= 30; i++) guesses.Failed(IPAddress.Parse($"2001:db8:0:1::{i:x}"), null);

        Assert.True(guesses.Wait(IPAddress.Parse("2001:db8:0:1::ffff"), null) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, guesses.Wait(IPAddress.Parse("2001:db8:0:2::1"), null));
    }

    [Fact]
    public void Failures_are_forgotten()
    {
        for (int i = 0; i < 6; i++) guesses.Failed(Here, "ann");
        clock.Advance(TimeSpan.FromMinutes(16));
        guesses.Failed(Here, "ann");

        Assert.Equal(TimeSpan.Zero, guesses.Wait(Here, "ann"));
    }

    [Fact]
    public void Memory_is_bounded_whatever_is_tried()
    {
        for (int i = 0; i < 100_000; i++) guesses.Failed(new IPAddress(0x0A000000 + i), $"user{i}");

        Assert.InRange(guesses.Count, 1, 20_002);
    }
}
