namespace Vigie.Pipelines;

/// <summary>Takes outputs in as they are, and locks stages with what they would read now, without running them.</summary>
public sealed class Commitment(PipelineWorkspace workspace)
{
    /// <summary>Files for git that were written.</summary>
    public IReadOnlyCollection<string> Written { get; private set; } = [];

    /// <summary>Commits those of the stages that differ from what is locked.</summary>
    /// <returns>The stages that were.</returns>
    /// <exception cref="PipelineException">Something that a stage reads is not there.</exception>
    /// <exception cref="StageFailedException">Something that a stage writes is not there.</exception>
    public IReadOnlyList<Stage> Commit(IReadOnlyList<Stage> stages, CancellationToken cancellation = default)
    {
        var run = new StageRun(workspace, new ReproductionOptions(), null, static _ => { });
        var inspection = new StageInspection(workspace);
        List<Stage> changed = [.. stages.Where(stage => inspection.Of(stage, cancellation).IsChanged)];
        foreach (Stage stage in changed) run.Commit(stage, cancellation);
        Written = [.. run.Written.Distinct().Order(StringComparer.Ordinal)];
        return changed;
    }
}

/// <summary>A path that was brought to what is locked.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Change">What was done.</param>
public sealed record CheckedOut(string Path, CheckoutChange Change);

/// <summary>Brings outputs and data to what is locked, from the cache.</summary>
public sealed class Checkout(PipelineWorkspace workspace)
{
    /// <summary>Brings the outputs of stages to what is locked. Outputs that no lock knows are left alone.</summary>
    /// <param name="stages">Which.</param>
    /// <param name="force">Whether data that the cache has not got may be overwritten; they cannot be brought back.</param>
    /// <param name="failed">Told of each path whose content the cache has not got; all others are brought.</param>
    /// <param name="progress">Told of files.</param>
    /// <param name="cancellation">Ends it between two paths.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="PipelineException">Data would be lost.</exception>
    public IReadOnlyList<CheckedOut> Run(IReadOnlyList<Stage> stages, bool force, Action<MissingContentException> failed, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default)
    {
        var changed = new List<CheckedOut>();
        foreach ((Stage stage, StageOutput output) in stages.SelectMany(stage => stage.Outputs.Where(output => output.Cache).Select(output => (stage, output))))
        {
            cancellation.ThrowIfCancellationRequested();
            if (workspace.Locks.ContentOf(stage, output) is not { } content) continue;
            if (!force) RefuseLoss(output.FullPath, content, cancellation);
            try
            {
                if (workspace.Store.Checkout(content, output.FullPath, progress, cancellation) is { } change) changed.Add(new CheckedOut(output.FullPath, change));
            }
            catch (MissingContentException missing)
            {
                failed(missing);
            }
        }
        return changed;
    }

    private void RefuseLoss(string fullPath, ContentId wanted, CancellationToken cancellation)
    {
        if (workspace.Hasher.Hash([fullPath], null, cancellation)[0] is not { } present || present.Md5 == wanted.Md5) return;
        IEnumerable<string> names = present.IsFolder ? workspace.Hasher.Tree(fullPath, cancellation).Files.Select(file => file.Value) : [present.Md5];
        if (names.All(name => File.Exists(workspace.Store.PathOf(name)))) return;
        throw new PipelineException($"{workspace.Relative(fullPath)} was changed, and the cache has not got it as it is now: vigie commit keeps it, --force gives it up");
    }
}
