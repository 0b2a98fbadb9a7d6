using Microsoft.Win32.SafeHandles;

namespace Vigie.Server;

/// <summary>
/// Reads a journal's records in their order, up to where they are safe. The end of a file that a crash has torn is passed over; so is a damaged place inside,
/// and reading goes on with the next sound record.
/// </summary>
/// <param name="folder">The journal's.</param>
/// <param name="log">Is told of damage.</param>
internal sealed class JournalReader(string folder, ILogger log) : IDisposable
{
    private const int UsualBytes = 1 << 20;

    private readonly List<Range> frames = [];
    private byte[] buffer = new byte[UsualBytes];
    private SafeFileHandle? file;
    private long open;
    private long salt;
    private string path = "";

    /// <summary>The payloads of what was read last.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Payloads => frames.Select(frame => (ReadOnlyMemory<byte>)buffer.AsMemory(frame));

    /// <summary>How many there are.</summary>
    public int Count => frames.Count;

    /// <summary>Bytes between two places.</summary>
    public long BytesBetween(JournalPosition from, JournalPosition to) => JournalSegment.In(folder)
        .Where(number => number >= from.Segment && number <= to.Segment)
        .Sum(number => Math.Max(0, (number == to.Segment ? to.Offset : LengthOf(number)) - (number == from.Segment ? from.Offset : JournalSegment.HeaderBytes)));

    /// <summary>Reads on.</summary>
    /// <param name="from">Where the last reading ended; its segment may be gone.</param>
    /// <param name="durable">Where what is safe ends.</param>
    /// <returns>Where this reading ended; <paramref name="durable"/> when all is read.</returns>
    public JournalPosition Read(JournalPosition from, JournalPosition durable)
    {
        frames.Clear();
        if (from == durable) return from;
        if (from.Segment != open || file is null)
        {
            long? next = JournalSegment.In(folder).Cast<long?>().FirstOrDefault(number => number >= from.Segment);
            if (next is not { } number) throw new FileNotFoundException("a file of the journal is gone, and the records in it lost", JournalSegment.PathOf(folder, durable.Segment));
            if (number != from.Segment) from = new JournalPosition(number, JournalSegment.HeaderBytes);
            Open(number);
        }

        long limit = open == durable.Segment ? durable.Offset : RandomAccess.GetLength(file!);
        long offset = Math.Max(from.Offset, JournalSegment.HeaderBytes);
        if (offset < limit) offset = ReadFrames(offset, limit);
        if (offset < limit || open == durable.Segment) return new JournalPosition(open, offset);
        return new JournalPosition(JournalSegment.In(folder).FirstOrDefault(number => number > open, durable.Segment), JournalSegment.HeaderBytes);
    }

    public void Dispose() => file?.Dispose();

    private void Open(long number)
    {
        file?.Dispose();
        path = JournalSegment.PathOf(folder, number);
        file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        open = number;
        if (JournalSegment.TryReadSalt(file, number, out salt)) return;
        // A crash came before the header, and then there is nothing behind it; or both copies are damaged.
        long length = RandomAccess.GetLength(file);
        if (length > JournalSegment.HeaderBytes) log.Damaged(path, length);
    }

    /// <summary>Fills the buffer from a file and finds the frames in it.</summary>
    /// <returns>The end of the last one; the limit where nothing sound follows.</returns>
    private long ReadFrames(long start, long limit)
    {
        while (true)
        {
            int length = Fill(start, limit);
            bool last = start + length >= limit;
            int at = 0, damage = -1;
            while (at < length)
            {
                ReadOnlySpan<byte> rest = buffer.AsSpan(at, length - at);
                int size = JournalFrame.LengthOf(rest);
                if (size > 0 && size <= rest.Length && JournalFrame.IsSound(rest[..size], salt))
                {
                    Tell(damage, at);
                    damage = -1;
                    frames.Add((at + JournalFrame.HeaderBytes)..(at + size));
                    at += size;
                }
                else if (!last && (rest.Length < JournalFrame.HeaderBytes || (size > rest.Length && start + at + size <= limit)))
                {
                    break; // the rest of it is not in the buffer
                }
                else
                {
                    if (damage < 0) damage = at;
                    int next = rest[1..].IndexOf(JournalFrame.Mark);
                    at += next >= 0 ? next + 1 : last ? rest.Length : Math.Max(1, rest.Length - JournalFrame.HeaderBytes);
                }
            }

            // What nothing sound follows, up to the end of the file, is a tail that was torn, or as good as one.
            if (damage >= 0 && at < length) Tell(damage, at);
            else if (damage >= 0) log.Torn(path, length - damage);
            if (at > 0 || length == 0) return start + at;
            buffer = new byte[Math.Max(buffer.Length * 2, JournalFrame.LengthOf(buffer.AsSpan(0, length)))];
        }
    }

    private int Fill(long start, long limit)
    {
        int wanted = (int)Math.Min(buffer.Length, limit - start), filled = 0;
        while (filled < wanted)
        {
            int read = RandomAccess.Read(file!, buffer.AsSpan(filled, wanted - filled), start + filled);
            if (read == 0) break;
            filled += read;
        }

        return filled;
    }

    private void Tell(int damage, int sound)
    {
        if (damage >= 0) log.Damaged(path, sound - damage);
    }

    private long LengthOf(long number)
    {
        var segment = new FileInfo(JournalSegment.PathOf(folder, number));
        return segment.Exists ? segment.Length : 0;
    }
}
