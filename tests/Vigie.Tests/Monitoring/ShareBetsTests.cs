using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

public sealed class ShareBetsTests
{
    [Fact]
    public void At_the_limit_itself_alarms_are_as_rare_as_accepted()
    {
        // The hardest case that is still no drift: the share stands at its bound all week. 4,000 weeks of 500 values, a tenth of them may raise an alarm.
        const double accepted = 0.1, bound = 0.62;
        int alarms = 0;
        for (int week = 0; week < 4_000; week++)
        {
            var random = new Xoshiro256((ulong)week);
            var bets = new ShareBets([bound], accepted);
            for (int i = 0; i < 500; i++)
            {
                bets.Add(0, random.Chance(bound) ? 1 : 0, i == 0 ? ShareBets.FirstStake : 1 / 500.0);
                if (bets.Evidence < 1) continue;
                alarms++;
                break;
            }
        }

        Assert.InRange(alarms, 20, 400); // some, or the bets would be worth nothing; at most a tenth of them
    }

    [Fact]
    public void A_bet_gains_nothing_on_average_at_its_bound_and_loses_below()
    {
        foreach (double bound in new[] { 0.01, 0.3, 0.62, 0.98 })
        {
            ShareBets won = new([bound], 0.001), lost = new([bound], 0.001);
            won.Add(0, 1, 1);
            lost.Add(0, 0, 1);
            for (int i = 0; i < ShareBets.PerSide; i++)
            {
                Golden.Near(1, bound * won.Worth[i] + (1 - bound) * lost.Worth[i]);
                Assert.True(lost.Worth[i] is > 0 and < 1 && won.Worth[i] > 1);
            }
        }
    }

    [Fact]
    public void Values_between_are_between()
    {
        ShareBets half = new([0.2], 0.001), none = new([0.2], 0.001), whole = new([0.2], 0.001);
        half.Add(0, 0.5, 1);
        none.Add(0, 0, 1);
        whole.Add(0, 1, 1);
        for (int i = 0; i < ShareBets.PerSide; i++) Golden.Near((none.Worth[i] + whole.Worth[i]) / 2, half.Worth[i]);
    }

    [Fact]
    public void What_cannot_be_exceeded_is_not_bet_on()
    {
        var bets = new ShareBets([1, 0.5], 0.01);
        for (int i = 0; i < 10_000; i++) bets.Add(0, 1, 0.1);
        Assert.Equal(0, bets.Evidence);
        for (int i = 0; i < 1_000; i++) bets.Add(1, 1, 0);
        Assert.Equal(0, bets.Evidence); // nothing staked, nothing won
        for (int i = 0; i < 1_000; i++) bets.Add(1, 1, 0.001);
        Assert.True(bets.Evidence >= 1);
        bets.Clear();
        Assert.Equal(0, bets.Evidence);
    }

    [Fact]
    public void Evidence_goes_when_its_cause_goes()
    {
        var bets = new ShareBets([0.62], 0.002);
        for (int i = 0; i < 100_000; i++) bets.Add(0, i % 10 < 9 ? 1 : 0, 1e-5);
        Assert.True(bets.Evidence >= 1);
        int values = 0;
        for (; bets.Evidence >= 0.01; values++) bets.Add(0, values % 10 < 6 ? 1 : 0, 1e-6);
        Assert.InRange(values, 10, 4_000); // not as long as it has lasted
    }
}
