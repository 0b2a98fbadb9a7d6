using System.Runtime.Versioning;

namespace Vigie.Server.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_secret_is_made_once_and_only_its_owner_may_read_it()
    {
        byte[] secret = SecretFile.LoadOrCreate(folder.Secret);
        Assert.Equal(32, secret.Length);
        Assert.Equal(secret, SecretFile.LoadOrCreate(folder.Secret));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Secret));
        Assert.Equal(["secret"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_records_too_are_only_the_owners_to_read()
    {
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Records));
        await server.DigestAsync();
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        string[] files = Directory.GetFiles(folder.Records, "records.db*"); // for a folder whose mode is not ours to set
        Assert.Contains(folder.Database + "-wal", files);
        Assert.All(files.Concat(Directory.GetFiles(folder.Journal, "*.log")), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Many_who_make_it_at_once_have_the_same()
    {
        for (int round = 0; round < 50; round++) // one round often goes well by luck
        {
            string file = Path.Combine(folder.Path, $"round-{round}", "secret");
            using var together = new Barrier(4);
            var secrets = new byte[together.ParticipantCount][];
            Thread[] threads = [.. Enumerable.Range(0, secrets.Length).Select(i => new Thread(() =>
            {
                together.SignalAndWait();
                secrets[i] = SecretFile.LoadOrCreate(file);
            }))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            Assert.All(secrets, secret => Assert.Equal(secrets[0], secret));
            Assert.Equal(["secret"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void A_file_that_is_replaced_is_whole_and_only_the_owners_to_read()
    {
        string file = Path.Combine(folder.Path, "below", "it");
        WholeFile.Replace(file, "long ago"u8);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        WholeFile.Replace(file, "now"u8);
        Assert.False(WholeFile.TryCreate(file, "never"u8));
        Assert.Equal("now", File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "GroupRead")]
    [InlineData(UnixFileMode.OtherWrite, "OtherWrite")]
    public void A_secret_that_others_may_use_is_refused(UnixFileMode more, string named)
    {
        SecretFile.LoadOrCreate(folder.Secret);
        File.SetUnixFileMode(folder.Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        string message = Assert.Throws<InvalidInputException>(() => SecretFile.LoadOrCreate(folder.Secret)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {folder.Secret}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_secret_of_another_length_is_refused(int length)
    {
        SecretFile.LoadOrCreate(folder.Secret);
        using (FileStream file = new(folder.Secret, FileMode.Open)) file.SetLength(length);
        Assert.Contains($"{length} bytes, expected 32", Assert.Throws<InvalidInputException>(() => SecretFile.LoadOrCreate(folder.Secret)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_without_a_secret_that_lasts_are_refused()
    {
        string message = Assert.Throws<InvalidInputException>((folder.Options with { SecretFile = null }).Check).Message;
        Assert.Contains("secret_file", message, StringComparison.Ordinal);
        (folder.Options with { SecretFile = null, Secret = new byte[32] }).Check();
    }
}

public sealed class RecordOptionsTests
{
    [Fact]
    public void A_wrong_setting_is_named_with_its_value_and_what_would_be_right()
    {
        var good = new RecordOptions { Enabled = true, Folder = "records" };
        good.Check();
        new RecordOptions().Check();
        foreach ((RecordOptions wrong, string expected) in ((RecordOptions, string)[])[
            (good with { Folder = null }, "records.folder is not set"),
            (good with { RetentionDays = 0 }, "records.retention_days is 0, expected 1 to 3650"),
            (good with { MemoryBytes = 5 }, "records.memory_bytes is 5, expected 1048576 to 4294967296"),
            (good with { SegmentBytes = 1L << 31 }, "records.segment_bytes is 2147483648, expected 65536 to 1073741824"),
            (good with { ErasureWaitSeconds = 61 }, "records.erasure_wait_seconds is 61, expected 0 to 60")])
            Assert.Contains(expected, Assert.Throws<InvalidInputException>(wrong.Check).Message, StringComparison.Ordinal);
    }
}
