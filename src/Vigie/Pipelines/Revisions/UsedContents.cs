namespace Vigie.Pipelines;

/// <summary>The contents that a pipeline uses: what is pushed, fetched, and kept by <c>gc</c>.</summary>
public static class UsedContents
{
    /// <summary>Locked contents of the outputs that the cache keeps.</summary>
    /// <param name="view">The workspace, or a revision.</param>
    /// <param name="stages">Which stages; all with null.</param>
    /// <param name="toRemote">Whether outputs with <c>push: false</c> are left out.</param>
    public static IEnumerable<ContentId> Of(PipelineView view, IReadOnlyList<Stage>? stages, bool toRemote) =>
        (stages ?? view.Pipeline.Stages)
            .SelectMany(stage => stage.Outputs.Where(output => output.Cache && (!toRemote || output.Push)).Select(output => view.Locks.ContentOf(stage, output)))
            .OfType<ContentId>();

    /// <summary>The objects that contents consist of; a folder whose list is not in the cache counts with its own name.</summary>
    public static IReadOnlySet<string> Names(ContentStore store, IEnumerable<ContentId> contents) =>
        contents.Distinct().SelectMany(content => store.Names(content) ?? [content.Md5]).ToHashSet();
}
