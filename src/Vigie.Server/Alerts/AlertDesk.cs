using System.Data.Common;

namespace Vigie.Server;

/// <summary>Where alerts are looked at and dealt with: endpoints and pages do so alike.</summary>
internal sealed class AlertDesk(AlertKeeper keeper, AlertTweets tweets, Recorder recorder, TimeProvider clock)
{
    /// <summary>Characters of a note.</summary>
    public const int LongestNote = 2_000;

    /// <summary>A wish is carried out by the next step, which comes at once; where another server has the watch, a little later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The rules in force.</summary>
    public AlertRules Rules => keeper.Rules;

    /// <summary>The channels that take nothing at present.</summary>
    public IReadOnlyCollection<ChannelCondition> Down => keeper.Down;

    /// <summary>Why rules cannot be judged at present, or are not those of the file; null where all is well.</summary>
    public string? Failure => keeper.Failure;

    /// <summary>Alerts with what can be read of their tweets, newest first.</summary>
    /// <param name="state">Of one state; null for all.</param>
    /// <param name="before">Only alerts before this one, to go on with.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="RequestException">503: their database cannot be had.</exception>
    public IReadOnlyList<Alert> List(AlertState? state, string? before, int limit) => tweets.WithTexts(Asked(store => store.List(state, before, limit)));

    /// <summary>The same, without texts.</summary>
    /// <inheritdoc cref="List"/>
    public IReadOnlyList<Alert> Glance(AlertState? state, string? before, int limit) => Asked(store => store.List(state, before, limit));

    /// <summary>How many alerts there are of each state.</summary>
    /// <exception cref="RequestException">503: their database cannot be had.</exception>
    public IReadOnlyDictionary<AlertState, long> Counts() => Asked(store => store.Counts());

    /// <summary>One alert, with what can be read of its tweets and what was done with it.</summary>
    /// <exception cref="RequestException">404: there is none; 503: their database cannot be had.</exception>
    public Alert Find(string id)
    {
        Alert alert = Found(id);
        return tweets.WithTexts([alert])[0] with { History = Asked(store => store.Deeds(id)) };
    }

    /// <summary>The messages that told of an alert.</summary>
    /// <inheritdoc cref="Counts"/>
    public IReadOnlyList<AlertMessage> Messages(string id) => Asked(store => store.Messages(id));

    /// <summary>How it stands with a channel's messages.</summary>
    /// <inheritdoc cref="Counts"/>
    public ChannelQueue Queue(string channel) => Asked(store => store.Queue(channel));

    /// <summary>Does something with an alert that lasts.</summary>
    /// <param name="id">Which.</param>
    /// <param name="verb">What.</param>
    /// <param name="until">Of a silence: its end.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellation">Ends the wait, and not what is noted.</param>
    /// <returns>The alert, and whether it is done; else it is noted, and follows.</returns>
    /// <exception cref="RequestException">404: there is none; 409: it is over; 503: their database cannot be had.</exception>
    public async Task<(Alert Alert, bool IsDone)> DoAsync(string id, AlertVerb verb, DateTimeOffset? until, string by, CancellationToken cancellation)
    {
        if (Found(id).State is AlertState.Resolved) throw RequestException.AlertIsOver(id);
        var command = new AlertCommand(recorder.NextId().ToString(), clock.GetUtcNow(), id, verb, until, by);
        Asked(store =>
        {
            store.Add(command);
            return true;
        });
        keeper.Wake();
        bool done = false;
        for (long begun = clock.GetTimestamp(); !done && clock.GetElapsedTime(begun) < LongestWait; done = Asked(store => !store.IsWaiting(command.Id)))
            await Task.Delay(Pause, clock, cancellation);
        return (Find(id), done);
    }

    /// <summary>Adds a note to an alert, over or not. It needs no engine: it is there at once.</summary>
    /// <exception cref="RequestException">400: it is empty or too long; 404: there is no such alert; 503: their database cannot be had.</exception>
    public Alert Note(string id, string? note, string by)
    {
        string text = note?.Trim() ?? "";
        if (text.Length is 0 or > LongestNote) throw RequestException.WrongField("note", FormattableString.Invariant($"note has {text.Length} characters; expected 1 to {LongestNote}"));
        Found(id);
        var deed = new AlertDeed { At = clock.GetUtcNow(), Action = AlertVerb.Note, By = by, Note = text };
        Asked(store =>
        {
            store.Add(recorder.NextId().ToString(), id, deed);
            return true;
        });
        return Find(id);
    }

    private Alert Found(string id) => Asked(store => store.Find(id)) ?? throw RequestException.NoSuchAlert(id);

    private T Asked<T>(Func<AlertStore, T> question)
    {
        try
        {
            return question(keeper.Store ?? throw RequestException.AlertsAway());
        }
        catch (Exception away) when (away is DbException or ObjectDisposedException)
        {
            throw RequestException.AlertsAway();
        }
    }
}
