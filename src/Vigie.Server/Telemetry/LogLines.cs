using System.Text;

namespace Vigie.Server;

/// <summary>
/// Lines on their way to a stream: put together by whoever logs, written by a thread of their own, many at a time. A reader that has stopped stops nobody: what is beyond the bound is dropped, and
/// a line says how many were.
/// </summary>
internal sealed class LogLines : IDisposable
{
    /// <summary>Bytes that may wait.</summary>
    public const long MostBytes = 16 << 20;

    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly JournalQueue queue;
    private readonly Stream output;
    private readonly Func<long, string> dropNote;
    private readonly Thread writer;
    private long dropped;

    /// <param name="output">Where the lines go.</param>
    /// <param name="dropNote">The line that says how many were dropped.</param>
    /// <param name="mostBytes">Bytes that may wait.</param>
    public LogLines(Stream output, Func<long, string> dropNote, long mostBytes = MostBytes)
    {
        (this.output, this.dropNote) = (output, dropNote);
        queue = new JournalQueue(mostBytes);
        writer = new Thread(Write) { IsBackground = true, Name = "log" };
        writer.Start();
        AppDomain.CurrentDomain.UnhandledException += End; // the process dies with what is logged last
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    /// <summary>Adds a line. Returns at once.</summary>
    /// <param name="line">With its end.</param>
    /// <param name="soon">Whether it is to be written without waiting for others.</param>
    public void Add(ReadOnlySpan<byte> line, bool soon)
    {
        if (!queue.TryAdd(line)) Interlocked.Increment(ref dropped);
        else if (soon) queue.Wake();
    }

    /// <summary>Writes what waits, for at most a second.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= End;
        AppDomain.CurrentDomain.ProcessExit -= End;
        queue.Close();
        writer.Join(LongestEnd);
    }

    private void End(object? sender, EventArgs e) => Dispose();

    private void Write()
    {
        var blocks = new Queue<JournalBlock>();
        bool more = true;
        while (more)
        {
            if (Interlocked.Read(ref dropped) == 0) queue.Wait(Linger);
            else queue.WaitAfterFailure(Pause);
            long lost = Interlocked.Exchange(ref dropped, 0); // behind those that were still taken
            more = queue.Take(blocks, []);
            while (blocks.TryDequeue(out JournalBlock? block))
            {
                TryWrite(block.Bytes, block.Records);
                queue.Return(block);
            }

            Tell(lost);
        }

        Tell(Interlocked.Exchange(ref dropped, 0));
    }

    private void Tell(long lost)
    {
        if (lost > 0) TryWrite(Encoding.UTF8.GetBytes(dropNote(lost)), lost);
    }

    // A stream that takes nothing cannot be told of in the log; what it did not take counts as dropped, and is told of once it takes something.
    private void TryWrite(ReadOnlySpan<byte> lines, long count)
    {
        try
        {
            output.Write(lines);
        }
        catch (IOException)
        {
            Interlocked.Add(ref dropped, count);
        }
    }
}
