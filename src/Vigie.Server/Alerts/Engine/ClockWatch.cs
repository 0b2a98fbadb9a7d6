namespace Vigie.Server;

/// <summary>
/// Tells time that has passed from a clock that was put. What the engine remembers is moved with the clock, so that ten minutes stay ten minutes; figures, which are kept by the clock's minutes,
/// are looked at from the jump on only.
/// </summary>
internal static class ClockWatch
{
    /// <summary>Clocks may disagree by so much between two steps: less is steering.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>Nobody watched for so long: what had held before has to hold anew.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan StillUnderWay = TimeSpan.FromHours(1), LongestWindow = TimeSpan.FromDays(8);

    /// <summary>Notes the time of a step.</summary>
    public static void Note(AlertEngineState state, AlertInputs inputs)
    {
        if (state.Now is not { } last)
        {
            state.WatchedSince = inputs.Now;
        }
        else
        {
            bool sameClock = state.Boot == inputs.Boot && inputs.Elapsed >= state.Elapsed;
            // Across a restart of the machine a pause and a jump ahead look the same, and are taken for a pause; time never runs backwards.
            TimeSpan passed = sameClock ? inputs.Elapsed - state.Elapsed : inputs.Now > last ? inputs.Now - last : TimeSpan.Zero, jump = inputs.Now - last - passed;
            if (jump.Duration() > Tolerance)
            {
                state.Shift(jump);
                (state.Jump, state.JumpedAt, state.WindowsFrom) = (jump, inputs.Now, inputs.Now);
            }

            if (passed > Gap)
            {
                state.WatchedSince = inputs.Now;
                foreach (WatchState watch in state.Watches) watch.Since = null;
            }
        }

        (state.Now, state.Elapsed, state.Boot) = (inputs.Now, inputs.Elapsed, inputs.Boot);
        if (state.WindowsFrom is { } from && inputs.Now - from > LongestWindow) state.WindowsFrom = null;
        if (state.JumpedAt is { } jumped && inputs.Now - jumped > StillUnderWay) (state.Jump, state.JumpedAt) = (default, null);
    }

    /// <summary>When something happened, by the present clock: it may have been written down by the one before, and never happened later than now.</summary>
    public static DateTimeOffset Time(AlertEngineState state, DateTimeOffset at, DateTimeOffset now)
    {
        if (state.JumpedAt is not null && (at + state.Jump - now).Duration() < (at - now).Duration()) at += state.Jump;
        return at > now ? now : at;
    }
}
