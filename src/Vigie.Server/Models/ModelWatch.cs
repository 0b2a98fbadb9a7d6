namespace Vigie.Server;

/// <summary>
/// Keeps the models on duty those that their sources name. Whatever a new model does, the one on duty goes on: this is the one place of the server that survives everything, says so in the log
/// once, shows it in /health and /model/info, and tries again.
/// </summary>
internal sealed partial class ModelWatch : BackgroundService
{
    private readonly ModelSources sources;
    private readonly ModelOptions options;
    private readonly ModelHost host;
    private readonly Trials trials;
    private readonly TimeProvider clock;
    private readonly ILogger<ModelWatch> log;
    private readonly RecentModels recent;
    private readonly WatchedModel[] watched;
    private readonly Lock publishing = new();
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int notTriedYet;

    public ModelWatch(ModelSources sources, ServerOptions options, ModelHost host, Trials trials, ResultCache cache, ILogger<ModelWatch> log)
    {
        (this.sources, this.options, this.host, this.trials, this.log, clock) = (sources, options.Models, host, trials, log, options.Clock);
        int parts = 1 + sources.Others.Count + (sources.Challenger is null ? 0 : 1);
        recent = new RecentModels(parts + options.Models.Keep);
        WatchedModel Watch(ModelPart part, string? name, IModelSource source) => new(new DutyPart(part, name, source.Name), source, recent, model => cache.UseOf(model), options.Models.Poll, clock);
        watched =
        [
            Watch(ModelPart.Champion, null, sources.Champion),
            .. sources.Others.OrderBy(other => other.Key, StringComparer.Ordinal).Select(other => Watch(ModelPart.Named, other.Key, other.Value)),
            .. sources.Challenger is { } challenger ? [Watch(ModelPart.Challenger, Challenge.CallersName, challenger)] : Array.Empty<WatchedModel>(),
        ];
        notTriedYet = watched.Length;
        Publish();
    }

    /// <summary>Completes once every source was asked for the first time and what it named was loaded; those that could not be reached are asked on.</summary>
    /// <exception cref="InvalidInputException">A source names no model, or a damaged one. The watch goes on all the same.</exception>
    public Task First => first.Task;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(watched.Select(one => WatchAsync(one, stoppingToken)));

    private async Task WatchAsync(WatchedModel one, CancellationToken stop)
    {
        await Task.Yield(); // loading must not keep the server from listening
        for (bool tried = false; !stop.IsCancellationRequested; tried = true)
        {
            await CheckAsync(one, tried, stop);
            if (!tried && Interlocked.Decrement(ref notTriedYet) == 0)
            {
                first.TrySetResult();
                await TidyAsync(stop);
            }

            await Task.Delay(options.Poll, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (recent.HasLetGo()) Collect();
        }
    }

    private async Task CheckAsync(WatchedModel one, bool tried, CancellationToken stop)
    {
        DutyPart before = one.Part;
        try
        {
            if (!await one.CheckAsync(stop)) return;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            if (!tried && one.Part.IsNeeded && failure is InvalidInputException) first.TrySetException(failure);
            if (!one.Note(failure)) return;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the server ends
        }

        Publish();
        Tell(before, one.Part);
    }

    private async Task TidyAsync(CancellationToken stop)
    {
        if (host.Waiting is not null) return; // what that part needs may lie among the old ones; the next start will do
        try
        {
            await sources.TidyAsync(stop);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            NotTidied(log, refused.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the server ends
        }
    }

    private void Publish()
    {
        lock (publishing)
        {
            host.Replace([.. watched.Select(one => one.Part)], options.ChallengerShare);
            try
            {
                if (host.DutyIfReady is { } duty) trials.Of(duty);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                TrialNotKept(log, refused.Message);
            }
        }
    }

    private void Tell(DutyPart before, DutyPart now)
    {
        if (now.Model is { } model && !ReferenceEquals(model, before.Model)) OnDuty(log, now.Source, model.Name, model.Version ?? "none", model.Digest, now.Part);
        if (now.Failure is { } failure && failure != before.Failure) Failed(log, now.Part, failure.Reason, now.Model is null ? "nothing serves in its place" : $"{before.Model?.Name ?? now.Source} goes on serving");
        else if (now.Failure is null && before.Failure is not null) Recovered(log, now.Source);
    }

    // The memory of a network is native: the collector does not know how much there is to win, so it is asked. Requests under way hold what they use.
    private static void Collect() => GC.Collect(2, GCCollectionMode.Forced, blocking: false);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: {Name} version {Version} ({Digest}) is on duty as {Part}")]
    private static partial void OnDuty(ILogger log, string source, string name, string version, string digest, ModelPart part);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model for {Part} cannot be had: {Reason}; {Meanwhile}, and it is tried again")]
    private static partial void Failed(ILogger log, ModelPart part, string reason, string meanwhile);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The beginning of the trial cannot be kept, so it will begin anew with the next start: {Reason}")]
    private static partial void TrialNotKept(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old copies of models cannot be deleted: {Reason}")]
    private static partial void NotTidied(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source} answers again")]
    private static partial void Recovered(ILogger log, string source);
}
