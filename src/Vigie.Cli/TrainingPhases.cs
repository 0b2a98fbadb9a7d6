using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary>Shows each phase of a training as a stage of its own.</summary>
internal sealed class TrainingPhases(ProgressBoard board, string? prefix = null) : IProgress<TrainingProgress>
{
    private readonly Lock _lock = new();
    private (string Phase, IProgress<Amount> Stage, double Share)? _current;

    public void Report(TrainingProgress value)
    {
        lock (_lock)
        {
            if (value.Share is not { } share) return; // a loss, for the run's log
            if (_current is not { } current || current.Phase != value.Phase)
            {
                if (_current is { Share: < 1 } ended) ended.Stage.Report(Percent(1)); // an estimator that converges early does not say so
                current = (value.Phase, board.Stage(prefix is null ? value.Phase : $"{prefix}: {value.Phase}"), 0);
            }

            current.Stage.Report(Percent(share));
            _current = current with { Share = share };
        }
    }

    private static Amount Percent(double share) => new(Math.Round(100 * share), 100);
}
