namespace Vigie.Mlflow.Artifacts;

/// <summary>The next bytes of a stream, exactly so many. Owns the stream, and what it belongs to.</summary>
internal sealed class StreamPart(Stream whole, long length, IDisposable? owner = null) : ReadOnlyStream
{
    private long left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (left == 0 || buffer.IsEmpty) return 0;
        int read = await whole.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken);
        if (read == 0) throw new EndOfStreamException($"the artifact ends {left} bytes before its length");
        left -= read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await whole.DisposeAsync();
        owner?.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            whole.Dispose();
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }
}
