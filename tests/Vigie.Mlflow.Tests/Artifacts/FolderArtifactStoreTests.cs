using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Tests.Artifacts;

public sealed class FolderArtifactStoreTests : ArtifactStoreContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-artifacts-").FullName;
    private readonly FolderArtifactStore store;

    public FolderArtifactStoreTests() => store = new FolderArtifactStore(System.IO.Path.Combine(folder, "root"));

    protected override IArtifactStore Store => store;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Writers_of_one_name_do_not_mix()
    {
        byte[][] versions = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 200_000).ToArray())];

        await Task.WhenAll(versions.Select(bytes => Store.WriteAsync(Path("deep/er/one"), new MemoryStream(bytes), Cancel)));

        await using ArtifactContent content = await Store.OpenAsync(Path("deep/er/one"), null, Cancel);
        byte[] read = await BytesAsync(content.Stream);
        Assert.Equal(200_000, read.Length);
        Assert.Single(read.Distinct());
    }

    [Fact]
    public async Task Links_are_not_followed_whether_to_files_or_folders()
    {
        string outside = System.IO.Path.Combine(folder, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(System.IO.Path.Combine(outside, "secret"), "s", Cancel);
        await PutAsync("a/b", "x");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(store.Root, "dir"), outside);
        File.CreateSymbolicLink(System.IO.Path.Combine(store.Root, "a", "file"), System.IO.Path.Combine(outside, "secret"));
        File.CreateSymbolicLink(System.IO.Path.Combine(store.Root, "a", "dangling"), System.IO.Path.Combine(outside, "no"));

        foreach (string path in (string[])["dir/secret", "a/file", "a/dangling"])
        {
            Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => Store.OpenAsync(Path(path), null, Cancel))).Code);
            await Assert.ThrowsAsync<MlflowException>(() => PutAsync(path, "changed"));
            await Assert.ThrowsAsync<MlflowException>(() => Store.DeleteAsync(Path(path), Cancel));
        }

        await Assert.ThrowsAsync<MlflowException>(() => PutAsync("dir/new", "x"));
        await Assert.ThrowsAsync<MlflowException>(() => Store.ListAsync(Path("dir"), Cancel));
        Assert.Equal(["a/b"], (await Store.ListAsync(Path("a"), Cancel)).Select(file => file.Path));
        await Store.DeleteAsync(Path("a"), Cancel);
        Assert.Equal(["secret"], Directory.GetFiles(outside).Select(System.IO.Path.GetFileName));
        Assert.Equal("s", await File.ReadAllTextAsync(System.IO.Path.Combine(outside, "secret"), Cancel));
    }

    [Theory]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((2 << 20) + 4096)]
    [InlineData((2 << 20) + 4097)]
    [InlineData(3 << 20)]
    public async Task Files_of_any_length_are_whole_whether_they_went_past_the_cache_or_not(int length)
    {
        byte[] bytes = new byte[length];
        RandomNumberGenerator.Fill(bytes);

        await Store.WriteAsync(Path("a"), new MemoryStream(bytes), Cancel);

        byte[] read = await File.ReadAllBytesAsync(System.IO.Path.Combine(store.Root, "a"), Cancel);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task The_root_itself_may_be_a_link()
    {
        string link = System.IO.Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, store.Root);
        await PutAsync("a/b", "x");

        await using ArtifactContent content = await new FolderArtifactStore(link).OpenAsync(Path("a/b"), null, Cancel);

        Assert.Equal(1, content.Length);
    }

    [Fact]
    public async Task A_file_in_the_way_of_a_folder_or_a_folder_of_a_file_is_the_callers_fault()
    {
        await PutAsync("a/b", "x");

        Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => PutAsync("a", "y"))).Code);
        Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => PutAsync("a/b/c", "y"))).Code);
        Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(() => PutAsync("a/b/c/d", "y"))).Code);
        Assert.Equal("x", await TextAsync("a/b"));
        Assert.Empty(Directory.GetFiles(System.IO.Path.Combine(store.Root, ".vigie", "incoming")));
    }

    [Fact]
    public async Task What_a_write_that_died_left_goes_after_a_day()
    {
        string left = System.IO.Path.Combine(store.Root, ".vigie", "incoming", "left");
        await File.WriteAllTextAsync(left, "half", Cancel);
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch + (File.GetLastWriteTimeUtc(left) - DateTime.UnixEpoch) + TimeSpan.FromHours(23));

        _ = new FolderArtifactStore(store.Root, clock);
        Assert.True(File.Exists(left));
        clock.Advance(TimeSpan.FromHours(2));
        _ = new FolderArtifactStore(store.Root, clock);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void Addresses_below_the_root_are_found()
    {
        Assert.Equal("1/é a", store.Locate(System.IO.Path.Combine(store.Root, "1", "é a"))!.Value.Value);
        Assert.Equal("1/é a", store.Locate(new Uri(System.IO.Path.Combine(store.Root, "1", "é a")).AbsoluteUri)!.Value.Value);
        Assert.Equal("", store.Locate("file://" + store.Root)!.Value.Value);
        Assert.Null(store.Locate(store.Root + "-other/1"));
        Assert.Null(store.Locate(store.Root + "/../x"));
        Assert.Null(store.Locate("file://server" + store.Root));
        Assert.Null(store.Locate("s3://bucket/1"));
        Assert.Null(store.Locate("relative/1"));
        Assert.Throws<MlflowException>(() => store.Locate(store.Root + "/.vigie/uploads"));
    }
}
