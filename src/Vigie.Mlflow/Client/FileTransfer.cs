using System.Net;

namespace Vigie.Mlflow.Client;

/// <summary>A stream as a request's body, from where it stands; it stays open.</summary>
internal sealed class UploadContent(Stream source) : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    private readonly long? length = source.CanSeek ? source.Length - source.Position : null;

    /// <summary>Called after each part that was sent.</summary>
    public Action? Moved { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            Moved?.Invoke();
        }
    }

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length ?? 0;
        return length is not null;
    }
}

/// <summary>An answer's body that fails when it stands still for too long, and takes the answer with it when disposed.</summary>
internal sealed class DownloadStream(HttpResponseMessage answer, Stream body, MlflowClientOptions options) : Stream
{
    private CancellationTokenSource limit = new(Timeout.InfiniteTimeSpan, options.Clock);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => answer.Content.Headers.ContentLength ?? throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!limit.TryReset())
        {
            limit.Dispose();
            limit = new(Timeout.InfiniteTimeSpan, options.Clock);
        }

        limit.CancelAfter(options.Timeout);
        await using CancellationTokenRegistration given = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (IOException fault) when (fault is not HttpIOException)
        {
            // A connection that is reset, and not closed, comes as it is; whoever copies to a file must be able to tell it from a fault of the disk.
            throw new HttpIOException(HttpRequestError.ResponseEnded, fault.Message, fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the file stood still for {options.Timeout.TotalSeconds:0.###} s");
        }
        catch (OperationCanceledException cancelled)
        {
            throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => body.Read(buffer, offset, count);

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            answer.Dispose();
            limit.Dispose();
        }

        base.Dispose(disposing);
    }
}
