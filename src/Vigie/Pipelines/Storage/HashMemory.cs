using System.Collections.Concurrent;
using System.Text;

namespace Vigie.Pipelines;

/// <summary>MD5s of files by path and stamp, kept in one file between runs.</summary>
internal sealed class HashMemory
{
    private const uint Format = 0x31484756; // VGH1
    private static readonly long JustNow = (long)TimeSpan.FromMilliseconds(50).TotalNanoseconds;

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, UInt128 Md5)> known = new(StringComparer.Ordinal);
    private readonly string path;
    private readonly TimeProvider clock;
    private volatile bool isChanged;

    public HashMemory(string path, TimeProvider clock)
    {
        (this.path, this.clock) = (path, clock);
        if (!File.Exists(path)) return;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(File.ReadAllBytes(path)), Encoding.UTF8);
            if (reader.ReadUInt32() != Format) return;
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                string file = reader.ReadString();
                var stamp = new FileStamp(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), 0);
                known[file] = (stamp, new UInt128(reader.ReadUInt64(), reader.ReadUInt64()));
            }
        }
        catch (Exception error) when (error is EndOfStreamException or IOException or FormatException)
        {
            known.Clear(); // it is only a memory: everything can be hashed again
        }
    }

    public UInt128? Find(string file, in FileStamp stamp) =>
        known.TryGetValue(file, out (FileStamp Stamp, UInt128 Md5) entry) && entry.Stamp == stamp with { Mode = 0 } ? entry.Md5 : null;

    /// <summary>Keeps a hash, unless the file is so new that a change after this one could have the same time.</summary>
    public void Keep(string file, in FileStamp stamp, UInt128 md5)
    {
        long now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        if (stamp.IsWritable && now - stamp.ModifiedNanoseconds < JustNow) return;
        known[file] = (stamp with { Mode = 0 }, md5);
        isChanged = true;
    }

    public void Forget(string file)
    {
        if (known.TryRemove(file, out _)) isChanged = true;
    }

    public void Save()
    {
        if (!isChanged) return;
        var bytes = new MemoryStream(known.Count * 120);
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            KeyValuePair<string, (FileStamp Stamp, UInt128 Md5)>[] entries = known.ToArray();
            writer.Write(Format);
            writer.Write(entries.Length);
            foreach ((string file, (FileStamp stamp, UInt128 md5)) in entries)
            {
                writer.Write(file);
                writer.Write(stamp.Inode);
                writer.Write(stamp.Size);
                writer.Write(stamp.ModifiedNanoseconds);
                writer.Write((ulong)(md5 >> 64));
                writer.Write((ulong)md5);
            }
        }
        AtomicFile.Write(path, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
