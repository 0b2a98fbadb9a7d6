namespace Vigie.Mlflow.Artifacts;

/// <summary>Files one after the other as one stream, each opened when the one before is at its end.</summary>
internal sealed class JoinedParts(IArtifactStore store, IReadOnlyList<ArtifactPath> parts) : ReadOnlyStream
{
    private ArtifactContent? current;
    private int next;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            if (current is null)
            {
                if (next == parts.Count) return 0;
                current = await store.OpenAsync(parts[next++], null, cancellationToken);
            }

            if (await current.Stream.ReadAsync(buffer, cancellationToken) is > 0 and int read) return read;
            await current.DisposeAsync();
            current = null;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (current is not null) await current.DisposeAsync();
        await base.DisposeAsync();
    }
}
