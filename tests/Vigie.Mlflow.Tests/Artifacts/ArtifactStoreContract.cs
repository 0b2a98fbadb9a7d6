using System.Text;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Tests.Artifacts;

/// <summary>What every store of artifacts does, whatever keeps the bytes.</summary>
public abstract class ArtifactStoreContract
{
    protected abstract IArtifactStore Store { get; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain.txt")]
    [InlineData("1/run/artifacts/modèle/模型 v2/😀 + %20 & ?x=1#y.txt")]
    [InlineData("1/ünï/a'b\"c;d,e=f@g!(h)[i]{j}*~`^$|<>:.bin")]
    public async Task A_file_comes_back_as_it_went(string name)
    {
        ArtifactPath path = Path(name);
        byte[] bytes = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31)).ToArray();

        await Store.WriteAsync(path, new MemoryStream(bytes), Cancel);

        await using ArtifactContent content = await Store.OpenAsync(path, null, Cancel);
        Assert.Equal((0, bytes.Length, bytes.Length), (content.Offset, content.Length, content.TotalLength));
        Assert.Equal(bytes, await BytesAsync(content.Stream));
        ArtifactPath folder = Path(string.Join('/', path.Names.SkipLast(1)));
        Assert.Contains(new ArtifactFile(name, false, bytes.Length), await Store.ListAsync(folder, Cancel));
    }

    [Fact]
    public async Task A_file_is_replaced()
    {
        await PutAsync("a/b.txt", "first, and longer");
        await PutAsync("a/b.txt", "second");

        Assert.Equal("second", await TextAsync("a/b.txt"));
        Assert.Equal([new ArtifactFile("a/b.txt", false, 6)], await Store.ListAsync(Path("a"), Cancel));
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        await PutAsync("a/empty", "");

        Assert.Equal("", await TextAsync("a/empty"));
        Assert.Equal([new ArtifactFile("a/empty", false, 0)], await Store.ListAsync(Path("a"), Cancel));
    }

    [Theory]
    [InlineData(0L, 0L, "0", 0)]
    [InlineData(2L, 4L, "234", 2)]
    [InlineData(7L, null, "789", 7)]
    [InlineData(7L, 99L, "789", 7)]
    [InlineData(7L, long.MaxValue, "789", 7)]
    [InlineData(null, 3L, "789", 7)]
    [InlineData(null, 99L, "0123456789", 0)]
    [InlineData(10L, null, "", 10)]
    [InlineData(99L, 100L, "", 10)]
    public async Task A_part_is_read_alone(long? from, long? to, string expected, long offset)
    {
        await PutAsync("digits", "0123456789");

        await using ArtifactContent content = await Store.OpenAsync(Path("digits"), new ByteRange(from, to), Cancel);

        Assert.Equal((offset, expected.Length, 10), (content.Offset, content.Length, content.TotalLength));
        Assert.Equal(expected, Encoding.UTF8.GetString(await BytesAsync(content.Stream)));
    }

    [Fact]
    public async Task Folders_are_listed_in_the_order_of_names_one_level_deep()
    {
        foreach (string name in (string[])["r/b/2", "r/a.txt", "r/b/c/3", "r/Z", "r/é", "r/ü %41+/4", "other"]) await PutAsync(name, "12");

        Assert.Equal([new("r/Z", false, 2), new("r/a.txt", false, 2), new("r/b", true, null), new("r/é", false, 2), new("r/ü %41+", true, null)], await Store.ListAsync(Path("r"), Cancel));
        Assert.Equal([new("r/b/2", false, 2), new("r/b/c", true, null)], await Store.ListAsync(Path("r/b"), Cancel));
        Assert.Equal(["other", "r"], (await Store.ListAsync(ArtifactPath.Root, Cancel)).Select(file => file.Path));
    }

    [Fact]
    public async Task A_file_or_nothing_has_nothing_below_it()
    {
        await PutAsync("a/b.txt", "x");

        Assert.Empty(await Store.ListAsync(Path("a/b.txt"), Cancel));
        Assert.Empty(await Store.ListAsync(Path("a/b"), Cancel));
        Assert.Empty(await Store.ListAsync(Path("nothing"), Cancel));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a")]
    [InlineData("a/b.txt/c")]
    [InlineData("x/y/z")]
    public async Task What_is_no_file_cannot_be_read(string path)
    {
        await PutAsync("a/b.txt", "x");

        MlflowException missing = await Assert.ThrowsAsync<MlflowException>(() => Store.OpenAsync(Path(path), null, Cancel));

        Assert.Equal(ErrorCode.ResourceDoesNotExist, missing.Code);
    }

    [Fact]
    public async Task A_file_or_a_folder_with_all_below_is_removed_and_what_is_not_there_is_no_fault()
    {
        foreach (string name in (string[])["r/a", "r/ab", "r/b/1", "r/b/c/2", "rb"]) await PutAsync(name, "x");

        await Store.DeleteAsync(Path("r/a"), Cancel);
        await Store.DeleteAsync(Path("r/b"), Cancel);
        await Store.DeleteAsync(Path("r/nothing"), Cancel);

        Assert.Equal(["r/ab"], (await Store.ListAsync(Path("r"), Cancel)).Select(file => file.Path));
        Assert.Equal("x", await TextAsync("rb"));
        await Assert.ThrowsAsync<MlflowException>(() => Store.DeleteAsync(ArtifactPath.Root, Cancel));
    }

    [Fact]
    public async Task A_write_that_breaks_off_leaves_the_file_as_it_was()
    {
        await PutAsync("a/b", "before");

        await Assert.ThrowsAsync<EndOfStreamException>(() => Store.WriteAsync(Path("a/b"), new BrokenStream(3_000_000), Cancel));
        await Assert.ThrowsAsync<EndOfStreamException>(() => Store.WriteAsync(Path("a/new"), new BrokenStream(3_000_000), Cancel));

        Assert.Equal("before", await TextAsync("a/b"));
        Assert.Equal(["a/b"], (await Store.ListAsync(Path("a"), Cancel)).Select(file => file.Path));
    }

    [Fact]
    public async Task A_cancelled_write_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(Path("a/b"), new MemoryStream([1]), cancel.Token));

        Assert.Empty(await Store.ListAsync(Path("a"), Cancel));
    }

    [Fact]
    public async Task Parts_become_one_file()
    {
        var uploads = new MultipartUploads(Store, TimeProvider.System);
        MultipartUpload upload = await uploads.CreateAsync(Path("big/modèle.bin"), 3, Cancel);
        byte[][] parts = [.. Enumerable.Range(1, 3).Select(i => Enumerable.Repeat((byte)i, 100_000 / i).ToArray())];
        string stale = await uploads.WriteAsync(upload.UploadId, 2, new MemoryStream([9, 9]), Cancel);
        var tags = new List<UploadedPart>();
        foreach (int number in (int[])[3, 1, 2]) tags.Add(new UploadedPart(number, await uploads.WriteAsync(upload.UploadId, number, new MemoryStream(parts[number - 1]), Cancel)));
        Assert.DoesNotContain(stale, tags.Select(part => part.Etag));
        Assert.Empty(await Store.ListAsync(ArtifactPath.Root, Cancel));

        await uploads.CompleteAsync(Path("big/modèle.bin"), upload.UploadId, tags, Cancel);

        await using ArtifactContent content = await Store.OpenAsync(Path("big/modèle.bin"), null, Cancel);
        Assert.Equal(parts.SelectMany(part => part), await BytesAsync(content.Stream));
        Assert.Equal(ErrorCode.ResourceDoesNotExist, (await Assert.ThrowsAsync<MlflowException>(() => uploads.WriteAsync(upload.UploadId, 1, Stream.Null, Cancel))).Code);
    }

    protected static ArtifactPath Path(string path) => ArtifactPath.Parse(path);

    protected Task PutAsync(string path, string text) => Store.WriteAsync(Path(path), new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancel);

    protected async Task<string> TextAsync(string path)
    {
        await using ArtifactContent content = await Store.OpenAsync(Path(path), null, Cancel);
        return Encoding.UTF8.GetString(await BytesAsync(content.Stream));
    }

    protected static async Task<byte[]> BytesAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    /// <summary>A connection that ends before the body does.</summary>
    private sealed class BrokenStream(int bytes) : MemoryStream(new byte[bytes])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and int read ? read : throw new EndOfStreamException();
    }
}
