namespace Vigie.Server;

/// <summary>One part and its source: asks which model it is now, and loads another one off to the side.</summary>
/// <param name="start">The part, without a model yet.</param>
/// <param name="source">Where its model comes from.</param>
/// <param name="recent">Models that were on duty before.</param>
/// <param name="measure">Finds out what asking a model takes, before it is on duty.</param>
/// <param name="poll">How often <see cref="CheckAsync"/> is called.</param>
/// <param name="clock">The clock.</param>
internal sealed class WatchedModel(DutyPart start, IModelSource source, RecentModels recent, Action<ServedModel> measure, TimeSpan poll, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private string? identity;
    private bool loading;
    private (string Identity, int Times, DateTimeOffset Again, LoadFailure Failure)? refused;

    /// <summary>How it stands.</summary>
    public DutyPart Part { get; private set; } = start;

    /// <summary>Asks the source, and loads, verifies and warms what it names if that is another model than the one on duty.</summary>
    /// <returns>Whether <see cref="Part"/> is another now.</returns>
    /// <exception cref="IOException">The source cannot be reached.</exception>
    /// <exception cref="InvalidInputException">There is no such model, or it is damaged.</exception>
    public async Task<bool> CheckAsync(CancellationToken cancellation)
    {
        loading = false;
        string now = await source.IdentifyAsync(cancellation);
        if (now == identity) refused = null;
        else if (refused is { } before && before.Identity == now && clock.GetUtcNow() < before.Again) return Set(Part with { Failure = before.Failure });
        else
        {
            ServedModel? model = recent.Find(now);
            if (model is null)
            {
                model = await LoadAsync(now, cancellation);
                if (await source.IdentifyAsync(cancellation) is var still && still != now)
                {
                    recent.Keep(now, model);
                    return await CheckAsync(cancellation); // loading takes its time, and it was rolled back, or followed by another
                }
            }

            if (identity is not null && Part.Model is { } outgoing) recent.Keep(identity, outgoing); // the likeliest to come back, however long it was on duty
            recent.Keep(now, model);
            (identity, refused) = (now, null);
            return Set(Part with { Model = model, Since = clock.GetUtcNow(), Failure = null });
        }

        return Set(Part with { Failure = null });
    }

    /// <summary>Notes what <see cref="CheckAsync"/> threw. A model on duty stays there.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Note(Exception failure)
    {
        bool withdrawn = false;
        if (Part is { Part: ModelPart.Challenger, Model: not null } && failure is InvalidInputException && !loading)
        {
            // Its alias was taken away: the trial is over, and a canary must not answer on.
            identity = null;
            withdrawn = Set(Part with { Model = null, Since = null });
        }

        LoadFailure known = loading && refused is { } load ? load.Failure : Part.Failure?.Reason == failure.Message ? Part.Failure : new LoadFailure(failure.Message, clock.GetUtcNow());
        return Set(Part with { Failure = known }) || withdrawn;
    }

    private async Task<ServedModel> LoadAsync(string now, CancellationToken cancellation)
    {
        loading = true;
        int times = refused is { } before && before.Identity == now ? before.Times : 0;
        TimeSpan pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, poll.Ticks << Math.Min(times, 20)));
        try
        {
            ServedModel warmed = Warming.Warmed(await source.LoadAsync(now, cancellation));
            measure(warmed);
            loading = false;
            return warmed;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            DateTimeOffset at = clock.GetUtcNow();
            refused = (now, times + 1, at + pause, refused is { } same && same.Failure.Reason == failure.Message ? same.Failure : new LoadFailure(failure.Message, at));
            throw;
        }
    }

    private bool Set(DutyPart next)
    {
        bool news = next != Part;
        Part = next;
        return news;
    }
}
