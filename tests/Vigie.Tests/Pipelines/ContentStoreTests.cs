using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class ContentStoreTests : IDisposable
{
    private readonly TestRepository repository = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => repository.Dispose();

    [Fact]
    public void A_folder_has_DVCs_name_and_list()
    {
        string golden = File.ReadAllText(SharedData.Path("golden/dvc/dvc_add_and_lock.txt"));
        string list = golden.Split('\n').Single(line => line.StartsWith("[{", StringComparison.Ordinal));
        ContentTree tree = ContentTree.Parse(System.Text.Encoding.UTF8.GetBytes(list));
        Assert.Equal(list, System.Text.Encoding.UTF8.GetString(tree.ToBytes()));
        Assert.Equal("2c8651cb2150ff73cdaf5a98ba04a55a.dir", ContentHash.OfFolder(tree.ToBytes()));

        repository.Write("d/a.txt", "hello\n").Write("d/sub/b.txt", "world\n");
        Directory.CreateDirectory(repository["empty"]);
        using PipelineWorkspace workspace = repository.Open();
        Assert.Equal([new ContentId("5369cb520f35f5d77e793cf181884a27.dir", 12, 2), new ContentId("d751713988987e9331980363e24189ce.dir", 0, 0), null], workspace.Hasher.Hash([repository["d"], repository["empty"], repository["none"]], null, Cancel));
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("hardlink")]
    [InlineData("symlink")]
    [InlineData("reflink,hardlink,copy")]
    public void What_was_added_comes_back_however_it_is_linked(string links)
    {
        repository.Write(".dvc/config", $"[core]\n    no_scm = True\n[cache]\n    type = {links}\n").Write("d/a", "one").Write("d/in/b", "two");
        ContentId content;
        using (PipelineWorkspace workspace = repository.Open()) content = workspace.Store.Add(repository["d"], null, Cancel);
        Directory.Delete(repository["d"], recursive: true);
        repository.Write("d/in/more", "not kept");
        using (PipelineWorkspace workspace = repository.Open())
        {
            Assert.Equal(CheckoutChange.Modified, workspace.Store.Checkout(content, repository["d"], null, Cancel));
            Assert.Equal(["a", "in/b"], workspace.Store.Tree(content)!.Files.Select(file => file.Key));
            Assert.Null(workspace.Store.Checkout(content, repository["d"], null, Cancel));
        }
        Assert.Equal(("one", "two", false), (repository.Read("d/a"), repository.Read("d/in/b"), File.Exists(repository["d/in/more"])));
    }

    [Fact]
    public void Changing_a_copy_does_not_reach_into_the_cache()
    {
        repository.Write("f", "first");
        using PipelineWorkspace workspace = repository.Open();
        ContentId content = workspace.Store.Add(repository["f"], null, Cancel);
        repository.Write("f", "later");
        Assert.True(workspace.Store.IsIntact(content.Md5));
        workspace.Store.Checkout(content, repository["f"], null, Cancel);
        repository.Write("f", "after checkout"); // may be written
        Assert.Equal("first", File.ReadAllText(workspace.Store.PathOf(content.Md5)));
    }

    [Fact]
    public void A_corrupted_object_is_found_removed_and_reported()
    {
        repository.Write("d/a", "one").Write("d/b", "two");
        ContentId content;
        using (PipelineWorkspace workspace = repository.Open()) content = workspace.Store.Add(repository["d"], null, Cancel);
        using PipelineWorkspace later = repository.Open();
        string damaged = later.Store.PathOf(later.Store.Tree(content)!.Files[0].Value);
        File.SetAttributes(damaged, FileAttributes.Normal);
        File.WriteAllText(damaged, "onE");
        repository.Write("d/a", "other");
        Assert.Single(Assert.Throws<MissingContentException>(() => later.Store.Checkout(content, repository["d"], null, Cancel)).Names);
        Assert.False(File.Exists(damaged));
        Assert.Equal("other", repository.Read("d/a")); // nothing was changed
    }

    [Fact]
    public void An_executable_file_stays_one()
    {
        if (OperatingSystem.IsWindows()) return; // which has no such right
        repository.Write("run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(repository["run.sh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using PipelineWorkspace workspace = repository.Open();
        ContentId content = workspace.Store.Add(repository["run.sh"], null, Cancel);
        Assert.True(content.IsExecutable);
        File.Delete(repository["run.sh"]);
        workspace.Store.Checkout(content, repository["run.sh"], null, Cancel);
        Assert.True(File.GetUnixFileMode(repository["run.sh"]).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void A_file_of_the_same_size_is_seen_to_be_another_and_an_unchanged_one_is_not_read_again()
    {
        repository.Write("f", "aaaa");
        File.SetLastWriteTimeUtc(repository["f"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using (PipelineWorkspace workspace = repository.Open()) workspace.Hasher.Hash([repository["f"]], null, Cancel);
        using (PipelineWorkspace workspace = repository.Open())
        {
            string memory = repository[".dvc/tmp/vigie-hashes"];
            Assert.True(new FileInfo(memory).Length > 20);
            repository.Write("f", "bbbb");
            Assert.Equal("65ba841e01d6db7733e90a5b7f9e6f80", workspace.Hasher.Hash([repository["f"]], null, Cancel)[0]!.Md5);
        }
        File.WriteAllBytes(repository[".dvc/tmp/vigie-hashes"], [1, 2, 3]); // a memory that cannot be read is begun anew
        using (PipelineWorkspace workspace = repository.Open()) Assert.Equal("65ba841e01d6db7733e90a5b7f9e6f80", workspace.Hasher.Hash([repository["f"]], null, Cancel)[0]!.Md5);
    }

    [Theory]
    [InlineData("""[{"md5": "7fc56270e7a70fa81a5935b72eacbe29", "relpath": "../out"}]""")]
    [InlineData("""[{"md5": "7fc56270e7a70fa81a5935b72eacbe29", "relpath": "/etc/passwd"}]""")]
    [InlineData("""[{"md5": "short", "relpath": "a"}]""")]
    [InlineData("""[{"relpath": "a"}]""")]
    [InlineData("[1")]
    [InlineData("")]
    public void A_list_that_reaches_out_of_its_folder_is_refused(string list) => Assert.Throws<FormatException>(() => ContentTree.Parse(System.Text.Encoding.UTF8.GetBytes(list)));

    [Fact]
    public void Ignored_files_are_not_seen()
    {
        repository.Write(".dvcignore", "*.tmp\n/d/skip/\n!keep.tmp\nd/**/deep.txt\n").Write("d/a", "1").Write("d/x.tmp", "2").Write("d/keep.tmp", "3").Write("d/skip/y", "4").Write("d/in/er/deep.txt", "5").Write("d/.dvcignore", "b*\n").Write("d/bee", "6").Write("e/bee", "7");
        using PipelineWorkspace workspace = repository.Open();
        Assert.Equal([".dvcignore", "a", "keep.tmp"], workspace.Hasher.Tree(repository["d"], Cancel).Files.Select(file => file.Key));
        Assert.Equal(["bee"], workspace.Hasher.Tree(repository["e"], Cancel).Files.Select(file => file.Key));
    }

    [Fact]
    public void Nothing_that_is_used_is_collected()
    {
        repository.Write("d/a", "one").Write("d/b", "two").Write("gone", "three");
        using PipelineWorkspace workspace = repository.Open();
        ContentId kept = workspace.Store.Add(repository["d"], null, Cancel), gone = workspace.Store.Add(repository["gone"], null, Cancel);
        IReadOnlySet<string> keep = UsedContents.Names(workspace.Store, [kept]);
        Assert.Equal((1, 5L), workspace.Store.Collect(keep, dryRun: true, Cancel));
        Assert.True(workspace.Store.Has(gone));
        workspace.Store.Collect(keep, dryRun: false, Cancel);
        Assert.Equal((false, true), (workspace.Store.Has(gone), workspace.Store.Has(kept)));
    }
}
