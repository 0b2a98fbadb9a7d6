namespace Vigie.Pipelines;

/// <summary>What became of a stage.</summary>
public enum StageOutcome
{
    /// <summary>Nothing had changed.</summary>
    UpToDate,

    /// <summary>It ran.</summary>
    Ran,

    /// <summary>Its outputs were taken from the cache, since it ran on the same inputs before.</summary>
    Restored,

    /// <summary>It would run: nothing was done.</summary>
    WouldRun,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was not begun, since one before it failed.</summary>
    NotBegun,
}

/// <summary>How a stage is brought up to date.</summary>
public sealed record ReproductionOptions
{
    /// <summary>Only says what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Runs stages that have not changed.</summary>
    public bool Force { get; init; }

    /// <summary>The named stages alone, without those that they need.</summary>
    public bool SingleItem { get; init; }

    /// <summary>From the named stages on: those that need them, too.</summary>
    public bool Downstream { get; init; }

    /// <summary>Fetches what is missing from the default remote.</summary>
    public bool Pull { get; init; }

    /// <summary>Goes on with stages that do not need the one that failed.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Does not take outputs into the cache.</summary>
    public bool NoCommit { get; init; }

    /// <summary>Does not take outputs of earlier runs.</summary>
    public bool NoRunCache { get; init; }

    /// <summary>How many stages at once, where they do not need each other.</summary>
    public int Jobs { get; init; } = 1;
}

/// <summary>Runs one stage, or takes what it made before.</summary>
internal sealed class StageRun(PipelineWorkspace workspace, ReproductionOptions options, Action<Stage, string>? output, Action<string> note)
{
    private readonly StageInspection inspection = new(workspace);

    /// <summary>Files for git that were written.</summary>
    public System.Collections.Concurrent.ConcurrentBag<string> Written { get; } = [];

    public async Task<StageOutcome> BringUpToDateAsync(Stage stage, CancellationToken cancellation)
    {
        StageStatus status = inspection.Of(stage, cancellation);
        if (!options.Force && !status.IsChanged) return StageOutcome.UpToDate;
        if (options.DryRun) return StageOutcome.WouldRun;
        if (options.Pull) await PullAsync(LockedContents(stage), cancellation).ConfigureAwait(false);
        if (stage.IsData || stage.Frozen) return Verify(stage, cancellation);

        LockedStage inputs = Inputs(stage, cancellation);
        if (!options.Force && !options.NoRunCache && await KnownAsync(stage, status, inputs, cancellation).ConfigureAwait(false) is { } before)
        {
            Restore(stage, before, cancellation);
            Keep(stage, inputs with { Outputs = before.Outputs });
            return StageOutcome.Restored;
        }

        PrepareOutputs(stage);
        foreach (string line in stage.Command!.Lines)
        {
            note($"> {line}");
            int code = await ShellCommand.RunAsync(line, stage.WorkingFolder, new Dictionary<string, string> { ["DVC_ROOT"] = workspace.Config.Root, ["DVC_STAGE"] = stage.Name }, output is null ? null : words => output(stage, words), cancellation).ConfigureAwait(false);
            if (code != 0) throw new StageFailedException($"stage {workspace.AddressOf(stage)} failed: '{line}' ended with {code}");
        }
        LockedStage made = inputs with { Outputs = Made(stage, cancellation) };
        Keep(stage, made);
        if (!options.NoCommit && MayRemember(stage)) workspace.Runs.Save(made);
        return StageOutcome.Ran;
    }

    /// <summary>Takes the outputs in as they are, and locks them with the inputs as they are: <c>vigie commit</c>.</summary>
    public void Commit(Stage stage, CancellationToken cancellation)
    {
        LockedStage inputs = stage.IsData ? new LockedStage(new StageCommand([""], false), [], [], []) : Inputs(stage, cancellation);
        LockedStage made = inputs with { Outputs = Made(stage, cancellation) };
        Keep(stage, made);
        if (!stage.IsData && MayRemember(stage)) workspace.Runs.Save(made);
    }

    // Data and frozen stages run nothing; data that changed are taken in as they are now.
    private StageOutcome Verify(Stage stage, CancellationToken cancellation)
    {
        foreach (StageOutput output in stage.Outputs.Where(output => options.Pull && FileStamp.Of(output.FullPath) is null))
        {
            if (workspace.Locks.ContentOf(stage, output) is { } content && workspace.Store.Has(content)) workspace.Store.Checkout(content, output.FullPath, null, cancellation);
        }
        if (stage.Outputs.FirstOrDefault(output => FileStamp.Of(output.FullPath) is null) is { } missing)
        {
            throw new StageFailedException($"{missing.Path} of {(stage.IsData ? "" : "the frozen stage ")}{workspace.AddressOf(stage)} is not there; vigie checkout brings back what the cache has, vigie pull what a remote has");
        }
        LockedStage inputs = stage.IsData ? new LockedStage(new StageCommand([""], false), [], [], []) : workspace.Locks.Find(stage) ?? Inputs(stage, cancellation);
        Keep(stage, inputs with { Outputs = Made(stage, cancellation) });
        return StageOutcome.Ran;
    }

    private LockedStage Inputs(Stage stage, CancellationToken cancellation)
    {
        IReadOnlyList<ContentId?> contents = workspace.Hasher.Hash([.. stage.Dependencies.Select(path => path.FullPath)], null, cancellation);
        var read = new List<LockedPath>();
        for (int i = 0; i < contents.Count; i++)
        {
            ContentId content = contents[i] ?? throw new PipelineException(stage.File, stage.Position, $"stage {stage.Name} needs {stage.Dependencies[i].Path}, which is not there, and no stage makes it");
            read.Add(new LockedPath(stage.Dependencies[i].Path, content));
        }
        return new LockedStage(stage.Command!, [.. read.OrderBy(path => path.Path, CodePointOrder.Instance)], inspection.ParametersOf(stage), []);
    }

    private async Task<LockedStage?> KnownAsync(Stage stage, StageStatus status, LockedStage inputs, CancellationToken cancellation)
    {
        if (!MayRemember(stage)) return null;
        if (workspace.Locks.Find(stage) is { } locked && status.Dependencies.Count == 0 && !status.IsCommandChanged && locked.Outputs.Count == stage.Outputs.Count && locked.Outputs.All(path => workspace.Store.Has(path.Content))) return locked;
        string key = RunCacheName.KeyOf(inputs with { Outputs = [.. stage.Outputs.Select(path => new LockedPath(path.Path, new ContentId("", 0))).OrderBy(path => path.Path, CodePointOrder.Instance)] });
        if (workspace.Runs.Find(key, workspace.Store) is not { } before) return null;
        if (options.Pull) await PullAsync(before.Outputs.Select(path => path.Content), cancellation).ConfigureAwait(false);
        return before.Outputs.All(path => workspace.Store.Has(path.Content)) ? before : null;
    }

    private void Restore(Stage stage, LockedStage before, CancellationToken cancellation)
    {
        foreach (StageOutput path in stage.Outputs)
        {
            ContentId content = before.Outputs.First(known => known.Path == path.Path).Content;
            workspace.Store.Checkout(content, path.FullPath, null, cancellation);
        }
    }

    private void PrepareOutputs(Stage stage)
    {
        foreach (StageOutput path in stage.Outputs)
        {
            if (!path.Persist) workspace.Store.Remove(path.FullPath);
            Directory.CreateDirectory(Path.GetDirectoryName(path.FullPath)!);
        }
    }

    private IReadOnlyList<LockedPath> Made(Stage stage, CancellationToken cancellation)
    {
        var made = new List<LockedPath>();
        foreach (StageOutput path in stage.Outputs)
        {
            if (FileStamp.Of(path.FullPath) is null) throw new StageFailedException($"stage {workspace.AddressOf(stage)} ended well, but has not written {path.Path}");

            // What git keeps is kept here too, so that a stage can be taken from the run cache; nothing of it is linked.
            bool takesIn = !options.NoCommit && (path.Cache || MayRemember(stage));
            ContentId content = takesIn ? workspace.Store.Add(path.FullPath, null, cancellation) : workspace.Hasher.Hash([path.FullPath], null, cancellation)[0]!;
            made.Add(new LockedPath(path.Path, content));
            if (path.Cache && workspace.Config.HasGit && GitIgnore.Add(path.FullPath) is { } ignored) Written.Add(ignored);
        }
        return [.. made.OrderBy(path => path.Path, CodePointOrder.Instance)];
    }

    private void Keep(Stage stage, LockedStage locked) => Written.Add(workspace.Locks.Put(stage, locked));

    private IEnumerable<ContentId> LockedContents(Stage stage) => workspace.Locks.Find(stage)?.Outputs.Select(path => path.Content) ?? [];

    private async Task PullAsync(IEnumerable<ContentId> contents, CancellationToken cancellation)
    {
        ContentId[] wanted = [.. contents.Where(content => !workspace.Store.Has(content))];
        if (wanted.Length == 0) return;
        try
        {
            using Transfer transfer = Transfer.To(workspace.Config, null, options.Jobs, workspace.Clock);
            await transfer.FetchAsync(wanted, null, cancellation).ConfigureAwait(false);
        }
        catch (MissingContentException)
        {
            note("the remote has not got all of it: the rest is made anew");
        }
    }

    // As DVC: what is run every time, or builds on what was there, cannot be taken from another run.
    private static bool MayRemember(Stage stage) =>
        !stage.AlwaysChanged && stage.Outputs.Count > 0 && stage.Outputs.All(path => !path.Persist) && (stage.Dependencies.Count > 0 || stage.Parameters.Count > 0);
}

/// <summary>A stage could not be brought up to date; the message says which and why.</summary>
public sealed class StageFailedException(string message) : InvalidOperationException(message);
