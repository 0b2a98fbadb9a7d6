using System.Security.Cryptography;

namespace Vigie.Tweets;

/// <summary>A forward-only stream whose first bytes can be looked at before they are read, which counts and, if asked, hashes what passes.</summary>
internal sealed class PeekableStream(Stream inner, IncrementalHash? hash = null) : Stream
{
    private readonly byte[] head = new byte[8];
    private int headStart, headEnd;

    /// <summary>Bytes handed out so far.</summary>
    public long Count { get; private set; }

    /// <summary>The next bytes, as many as asked for (8 at most) or as there are.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (headStart > 0) throw new InvalidOperationException("already reading");
        while (headEnd < count)
        {
            int read = inner.Read(head, headEnd, count - headEnd);
            if (read == 0) break;
            headEnd += read;
        }

        return head.AsSpan(0, Math.Min(count, headEnd));
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (headStart < headEnd)
        {
            read = Math.Min(buffer.Length, headEnd - headStart);
            head.AsSpan(headStart, read).CopyTo(buffer);
            headStart += read;
        }
        else
        {
            read = inner.Read(buffer);
        }

        hash?.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Count; set => throw new NotSupportedException(); }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
