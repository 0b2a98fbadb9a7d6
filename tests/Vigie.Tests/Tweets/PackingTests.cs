using System.IO.Compression;
using System.Security.Cryptography;
using Vigie.Tweets;
using ZstdSharp;

namespace Vigie.Tests.Tweets;

public sealed class PackingTests : IDisposable
{
    private static readonly byte[] Content = System.Text.Encoding.UTF8.GetBytes(
        "label,text\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i % 2},tweet {i * 7919L % 100_003} says {i * i % 9973}\n")));

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Packing.None)]
    [InlineData(Packing.Gzip)]
    [InlineData(Packing.Zip)]
    [InlineData(Packing.Zstandard)]
    public void Packing_is_recognised_by_content_and_the_files_own_bytes_are_hashed(Packing packing)
    {
        byte[] packed = Pack(packing, Content);
        using TweetReader reader = TweetReader.Open(folder.Write("misleading.gz.csv", packed));
        Assert.Equal(packing, reader.Shape.Packing);
        Assert.Equal(20_000, reader.Count());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(packed)), reader.Digest);
    }

    [Fact]
    public void The_digest_covers_the_file_however_little_of_it_was_read()
    {
        byte[] packed = Pack(Packing.Gzip, Content);
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv.gz", packed));
        _ = reader.First();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(packed)), reader.Digest);
    }

    [Fact]
    public void Gzip_members_one_after_the_other_are_one_file()
    {
        byte[] packed = [.. Pack(Packing.Gzip, "label,text\n1,a\n"u8.ToArray()), .. Pack(Packing.Gzip, "0,b\n"u8.ToArray())];
        using TweetReader reader = TweetReader.Open(folder.Write("t.gz", packed));
        Assert.Equal(["a", "b"], reader.Select(tweet => tweet.Text));
    }

    [Theory]
    [InlineData(Packing.Gzip, 1)]
    [InlineData(Packing.Gzip, 9)]
    [InlineData(Packing.Gzip, 20_000)]
    [InlineData(Packing.Zstandard, 1)]
    [InlineData(Packing.Zstandard, 20_000)]
    [InlineData(Packing.Zip, 5)]
    public void A_cut_off_file_is_no_shorter_file(Packing packing, int missing)
    {
        string path = folder.Write("t", Pack(packing, Content)[..^missing]);
        Assert.Contains("cut off", Assert.ThrowsAny<InvalidInputException>(() => Count(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_gzip_file_is_refused()
    {
        byte[] packed = Pack(Packing.Gzip, Content);
        packed[^6] ^= 1;
        string path = folder.Write("t.gz", packed);
        Assert.Contains("damaged", Assert.ThrowsAny<InvalidInputException>(() => Count(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_archive_of_several_files_wants_a_name()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string text) in new[] { ("data/train.csv", "text\na\n"), ("test.csv", "text\nb\n"), ("__MACOSX/._x", "junk") })
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        string path = folder.Write("t.zip", bytes.ToArray());
        Assert.Contains("data/train.csv, test.csv", Assert.ThrowsAny<InvalidInputException>(() => Count(path)).Message, StringComparison.Ordinal);
        using TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { Entry = "train.csv" });
        Assert.Equal("a", Assert.Single(reader.ToList()).Text);
        Assert.ThrowsAny<InvalidInputException>(() => TweetReader.Open(path, new TweetReaderOptions { Entry = "other.csv" }));
        Assert.ThrowsAny<InvalidInputException>(() => TweetReader.Open(folder.Write("t.csv", "text\na\n"), new TweetReaderOptions { Entry = "other.csv" }));
    }

    private static int Count(string path)
    {
        using TweetReader reader = TweetReader.Open(path);
        return reader.Count();
    }

    private static byte[] Pack(Packing packing, byte[] content)
    {
        using var bytes = new MemoryStream();
        switch (packing)
        {
            case Packing.Gzip:
                using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
                break;
            case Packing.Zstandard:
                using (var zstd = new CompressionStream(bytes, leaveOpen: true)) zstd.Write(content);
                break;
            case Packing.Zip:
                using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
                using (Stream entry = zip.CreateEntry("tweets.csv").Open()) entry.Write(content);
                break;
            default:
                return content;
        }

        return bytes.ToArray();
    }
}
