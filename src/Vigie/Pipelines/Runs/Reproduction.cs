namespace Vigie.Pipelines;

/// <summary>What became of a stage in a reproduction.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record StageReport(Stage Stage, StageOutcome Outcome, string? Failure, TimeSpan Elapsed);

/// <summary>Brings stages up to date, each behind those that it needs, several at once where they do not need each other.</summary>
public sealed class Reproduction(PipelineWorkspace workspace, ReproductionOptions options)
{
    /// <summary>Told each line that a stage prints; null lets stages print where this process does.</summary>
    public Action<Stage, string>? Output { get; init; }

    /// <summary>Told what goes on.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    /// <summary>Told of each stage that is done.</summary>
    public Action<StageReport> Done { get; init; } = static _ => { };

    /// <summary>Files for git (dvc.lock, .dvc, .gitignore) that were written.</summary>
    public IReadOnlyCollection<string> Written { get; private set; } = [];

    /// <summary>The stages that would be looked at, in their order.</summary>
    /// <param name="targets">Names; empty for all.</param>
    /// <exception cref="PipelineException">A name means nothing.</exception>
    public IReadOnlyList<Stage> Plan(IReadOnlyCollection<string> targets)
    {
        IReadOnlyList<Stage> chosen = workspace.Select(targets);
        if (options.SingleItem || targets.Count == 0) return chosen;
        var reached = new HashSet<Stage>(ReferenceEqualityComparer.Instance);
        var way = new Stack<Stage>(chosen);
        while (way.TryPop(out Stage? stage))
        {
            if (!reached.Add(stage)) continue;
            foreach (Stage next in options.Downstream ? workspace.Pipeline.After(stage) : workspace.Pipeline.Before(stage)) way.Push(next);
        }
        return [.. workspace.Pipeline.Stages.Where(reached.Contains)];
    }

    /// <summary>Brings them up to date. Stops at the first failure, unless it is to keep going; what ended well before stays.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; stages that ran then are as if they had not begun.</exception>
    public async Task<IReadOnlyList<StageReport>> RunAsync(IReadOnlyCollection<string> targets, CancellationToken cancellation)
    {
        IReadOnlyList<Stage> plan = Plan(targets);
        var run = new StageRun(workspace, options, Output, Note);
        using var places = new SemaphoreSlim(Math.Max(1, options.Jobs));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tasks = new Dictionary<Stage, Task<StageReport>>(ReferenceEqualityComparer.Instance);
        foreach (Stage stage in plan)
        {
            Task<StageReport>[] before = [.. workspace.Pipeline.Before(stage).Where(tasks.ContainsKey).Select(other => tasks[other])];
            Task order = options.Jobs > 1 || tasks.Count == 0 ? Task.CompletedTask : tasks[plan[tasks.Count - 1]]; // one after the other in the order of the plan
            tasks[stage] = StepAsync(stage, before, order);
        }
        StageReport[] reports;
        try
        {
            reports = await Task.WhenAll(plan.Select(stage => tasks[stage])).ConfigureAwait(false);
        }
        finally
        {
            Written = [.. run.Written.Distinct().Order(StringComparer.Ordinal)];
        }
        cancellation.ThrowIfCancellationRequested();
        return reports;

        async Task<StageReport> StepAsync(Stage stage, Task<StageReport>[] before, Task order)
        {
            await Task.Yield();
            StageReport[] needed = await Task.WhenAll(before).ConfigureAwait(false);
            await order.ConfigureAwait(false);
            StageReport report = await OneAsync(stage, needed).ConfigureAwait(false);
            Done(report);
            return report;
        }

        async Task<StageReport> OneAsync(Stage stage, StageReport[] needed)
        {
            if (needed.Any(other => other.Outcome is StageOutcome.Failed or StageOutcome.NotBegun)) return new StageReport(stage, StageOutcome.NotBegun, null, TimeSpan.Zero);
            bool isWaiting = options.DryRun && needed.Any(other => other.Outcome == StageOutcome.WouldRun);
            if (isWaiting) return new StageReport(stage, StageOutcome.WouldRun, null, TimeSpan.Zero);
            try
            {
                await places.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                return new StageReport(stage, StageOutcome.NotBegun, null, TimeSpan.Zero); // another one failed
            }
            long start = workspace.Clock.GetTimestamp();
            try
            {
                stop.Token.ThrowIfCancellationRequested();
                StageOutcome outcome = await run.BringUpToDateAsync(stage, cancellation).ConfigureAwait(false);
                return new StageReport(stage, outcome, null, workspace.Clock.GetElapsedTime(start));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new StageReport(stage, StageOutcome.NotBegun, null, TimeSpan.Zero);
            }
            catch (Exception failure) when (failure is StageFailedException or InvalidInputException or IOException or UnauthorizedAccessException)
            {
                if (!options.KeepGoing) await stop.CancelAsync().ConfigureAwait(false);
                return new StageReport(stage, StageOutcome.Failed, failure.Message, workspace.Clock.GetElapsedTime(start));
            }
            finally
            {
                places.Release();
            }
        }
    }
}
