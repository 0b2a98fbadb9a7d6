using System.Text;
using CsCheck;

namespace Vigie.Server.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_written_is_read_again_over_many_files()
    {
        var expected = new List<string>();
        using (Journal journal = Open(new RecordOptions { SegmentBytes = 64 << 10 }))
        {
            for (int i = 0; i < 400; i++)
            {
                string payload = $"{i} {new string('x', i * 37 % 2000)}";
                expected.Add(payload);
                if (i % 7 == 0) await journal.AddAsync(Frame(journal, payload));
                else journal.Add(Frame(journal, payload));
            }
        }

        Assert.True(JournalSegment.In(folder.Journal).Length > 3);
        using Journal again = Open(); // under another salt
        await again.AddAsync(Frame(again, "last"));
        Assert.Equal([.. expected, "last"], ReadAll(again.Durable));
    }

    [Fact]
    public async Task A_record_larger_than_every_buffer_is_kept()
    {
        string large = new('é', 3 << 20);
        using Journal journal = Open();
        journal.Add(Frame(journal, large));
        await journal.AddAsync(Frame(journal, "after"));
        Assert.Equal([large, "after"], ReadAll(journal.Durable));
    }

    [Fact]
    public void A_second_server_is_refused_the_folder()
    {
        using Journal journal = Open();
        string message = Assert.Throws<InvalidInputException>(() => Open()).Message;
        Assert.Contains(folder.Records, message, StringComparison.Ordinal);
        Assert.Contains("no other one uses", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_and_flipped_files_cost_what_was_hit_and_nothing_else()
    {
        var payloads = Enumerable.Range(0, 60).Select(i => $"{i} {new string('y', i * 13 % 300)}").ToArray();
        using (Journal journal = Open())
        {
            foreach (string payload in payloads) journal.Add(Frame(journal, payload));
        }

        long number = JournalSegment.In(folder.Journal).Single();
        string path = JournalSegment.PathOf(folder.Journal, number);
        byte[] whole = File.ReadAllBytes(path);
        int[] ends = [.. payloads.Select((_, i) => JournalSegment.HeaderBytes + payloads.Take(i + 1).Sum(payload => JournalFrame.HeaderBytes + Encoding.UTF8.GetByteCount(payload)))];
        Assert.Equal(whole.Length, ends[^1]);
        Gen.Select(Gen.Int[0, whole.Length], Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[1, 255]).List[0, 3]).Sample(
            damage =>
            {
                (int cut, List<(int At, int Bits)> flips) = damage;
                byte[] bytes = [.. whole];
                foreach ((int at, int bits) in flips) bytes[at] ^= (byte)bits;
                File.WriteAllBytes(path, bytes[..cut]);
                HashSet<int> changed = [.. flips.Select(flip => flip.At).Where(at => bytes[at] != whole[at])]; // two flips of one place may cancel each other
                bool header = Enumerable.Range(0, 2).All(copy => cut < 32 * (copy + 1) || changed.Any(at => at / 32 == copy));
                string[] expected = [.. payloads.Where((_, i) => !header && ends[i] <= cut && !changed.Any(at => at < ends[i] && at >= (i == 0 ? JournalSegment.HeaderBytes : ends[i - 1])))];
                Assert.Equal(expected, ReadAll(new JournalPosition(number + 1, JournalSegment.HeaderBytes)));
            },
            iter: 2000, threads: 1);
    }

    [Fact]
    public void Bytes_of_a_text_do_not_pass_for_a_record()
    {
        // A whole record under a salt that somebody guessed, inside a text, and damage before it.
        byte[] forged = SomeRecords.Frame(Encoding.UTF8.GetBytes("forged"), salt: 1);
        byte[] payload = [.. "text "u8, .. forged];
        using (Journal journal = Open()) journal.Add(SomeRecords.Frame(payload, journal.Salt));
        long number = JournalSegment.In(folder.Journal).Single();
        string path = JournalSegment.PathOf(folder.Journal, number);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[JournalSegment.HeaderBytes + JournalFrame.HeaderBytes] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Empty(ReadAll(new JournalPosition(number + 1, JournalSegment.HeaderBytes)));
    }

    [Fact]
    public async Task A_full_disk_keeps_predictions_waiting_and_refuses_corrections()
    {
        using var disk = SmallDisk.Mount(folder.Path, megabytes: 2);
        var options = new RecordOptions { MemoryBytes = 1 << 20, Enabled = true, Folder = disk.Path };
        var log = new RecordedLog();
        using Journal journal = Journal.Open(Path.Combine(disk.Path, "journal"), options, TimeProvider.System, log);
        string filler = disk.Fill();
        int taken = 0;
        while (journal.Dropped == 0)
        {
            journal.Add(Frame(journal, $"{taken++} {new string('z', 1000)}"));
        }

        for (int i = 0; i < 3; i++) await Assert.ThrowsAsync<IOException>(() => journal.AddAsync(Frame(journal, "refused")));
        Assert.NotNull(journal.Failure);
        Assert.Single(log.Lines, line => line.Contains("records.memory_bytes", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        long dropped = journal.Dropped;

        File.Delete(filler);
        while (journal.Failure is not null) await Task.Delay(5);
        await journal.AddAsync(Frame(journal, "taken"));
        string[] read = ReadAll(journal.Durable, Path.Combine(disk.Path, "journal"));
        Assert.Equal([.. Enumerable.Range(0, taken - (int)dropped).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), "taken"], read.Select(payload => payload.Split(' ')[0]));
    }

    private Journal Open(RecordOptions? options = null) =>
        Journal.Open(folder.Journal, (options ?? new RecordOptions()) with { Enabled = true, Folder = folder.Records }, TimeProvider.System, SomeRecords.Silence);

    private static byte[] Frame(Journal journal, string payload) => SomeRecords.Frame(Encoding.UTF8.GetBytes(payload), journal.Salt);

    private string[] ReadAll(JournalPosition durable, string? journal = null)
    {
        using var reader = new JournalReader(journal ?? folder.Journal, SomeRecords.Silence);
        var read = new List<string>();
        JournalPosition at = default;
        while (at != durable)
        {
            at = reader.Read(at, durable);
            read.AddRange(reader.Payloads.Select(payload => Encoding.UTF8.GetString(payload.Span)));
        }

        return [.. read];
    }
}
