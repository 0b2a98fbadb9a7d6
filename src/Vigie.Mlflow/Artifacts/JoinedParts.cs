namespace Vigie.Mlflow.Artifacts;

/// <summary>Files one after the other as one stream, each opened when the one before is at its end.</summary>
internal sealed class JoinedParts(IArtifactStore store, IReadOnlyList<ArtifactPath> parts) : Stream
{
    private ArtifactContent? current;
    private int next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (current is not null) await current.DisposeAsync();
        await base.DisposeAsync();
    }
}
