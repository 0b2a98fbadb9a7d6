using System.Runtime.Versioning;
using Vigie.Bundles;
using Vigie.Models;
using Vigie.Tests.Models;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Bundles;

/// <summary>A place holds what it held, or the whole new bundle; nothing that is no bundle is ever overwritten.</summary>
public sealed class BundleFolderTests : IDisposable
{
    private static readonly Lazy<TextClassifier> Model = new(() => TinyModels.Fit("tfidf-nb", 2));

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_bundle_is_replaced_and_nothing_else_stays()
    {
        string first = Save("m", 0.5), second = Save("m", 0.6);

        Assert.NotEqual(first, second);
        Assert.Equal(second, Bundle.Verify(temp["m"]));
        Assert.Equal([temp["m"]], Directory.GetFileSystemEntries(temp.Path));
    }

    [Theory]
    [InlineData("new/parents/too")]
    [InlineData("m/")]
    [InlineData("été 🙂")]
    public void A_place_is_made_where_there_is_none(string name)
    {
        string digest = Save(name, 0.5);
        Assert.Equal(digest, Bundle.Load(temp[name]).Digest);
    }

    [Fact]
    public void An_empty_folder_is_taken()
    {
        Directory.CreateDirectory(temp["m"]);
        Assert.Equal(Save("m", 0.5), Bundle.Verify(temp["m"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_failure_while_writing_leaves_the_old_bundle_and_nothing_besides(int files)
    {
        string old = Save("m", 0.5);

        Assert.Throws<IOException>(() => BundleFolder.Replace(temp["m"], staging =>
        {
            for (int i = 0; i < files; i++) File.WriteAllText(Path.Combine(staging, $"{i}"), "x");
            throw new IOException("disk full");
        }));

        Assert.Equal(old, Bundle.Load(temp["m"]).Digest);
        Assert.Equal([temp["m"]], Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void A_failing_plot_leaves_nothing()
    {
        Assert.Throws<IOException>(() => Bundle.Save(temp["m"], Model.Value, TinyModels.Info(), plots: _ => throw new IOException("no font")));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void A_plot_of_a_name_that_no_bundle_has_leaves_nothing()
    {
        Assert.Throws<BundleException>(() => Bundle.Save(temp["m"], Model.Value, TinyModels.Info(), plots: folder => File.WriteAllText(Path.Combine(folder, "a b.svg"), "x")));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void A_cancelled_save_leaves_the_old_bundle()
    {
        string old = Save("m", 0.5);
        using var cancelled = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Bundle.Save(temp["m"], Model.Value.WithThreshold(0.6), TinyModels.Info(), plots: _ => cancelled.Cancel(), cancelled.Token));
        Assert.Equal(old, Bundle.Verify(temp["m"]));
        Assert.Equal([temp["m"]], Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void What_a_killed_save_left_is_removed_by_the_next_one()
    {
        string leftover = Leftover(".m.0123456789ab.tmp", TimeSpan.FromDays(2));
        Save("m", 0.5);
        Assert.False(Directory.Exists(leftover));
        Assert.Equal([temp["m"]], Directory.GetFileSystemEntries(temp.Path));
    }

    [Theory]
    [InlineData(".m.0123456789ab.tmp", 1)] // hours: a save that may be under way
    [InlineData(".n.0123456789ab.tmp", 48)]
    [InlineData(".m.0123456789AB.tmp", 48)]
    [InlineData(".m.0123456789a.tmp", 48)]
    [InlineData(".m.backup.tmp", 48)]
    [InlineData(".m.0123456789ab.tmp.old", 48)] // may be all that is left of the bundle
    [InlineData("m.0123456789ab.tmp", 48)]
    public void What_may_be_another_ones_stays(string name, int hours)
    {
        string other = Leftover(name, TimeSpan.FromHours(hours));
        Save("m", 0.5);
        Assert.Equal("x", File.ReadAllText(Path.Combine(other, "plots", "roc.svg")));
    }

    [Fact]
    public void An_old_folder_with_a_young_file_stays()
    {
        string other = Leftover(".m.0123456789ab.tmp", TimeSpan.FromDays(2));
        File.SetLastWriteTimeUtc(Path.Combine(other, "plots", "roc.svg"), Directory.GetLastWriteTimeUtc(temp.Path));
        Save("m", 0.5);
        Assert.True(File.Exists(Path.Combine(other, "plots", "roc.svg")));
    }

    [Fact]
    public void A_link_of_a_leftovers_name_is_not_followed()
    {
        string mine = Leftover("mine", TimeSpan.FromDays(2));
        Directory.CreateSymbolicLink(temp[".m.0123456789ab.tmp"], mine);
        Save("m", 0.5);
        Assert.True(File.Exists(Path.Combine(mine, "plots", "roc.svg")));
    }

    [Fact, SupportedOSPlatform("linux")]
    public void A_folder_is_flushed_or_the_failure_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere folders are not flushed");
        LinuxFolder.Flush(temp.Path);
        Assert.Contains(temp["away"], Assert.Throws<IOException>(() => LinuxFolder.Flush(temp["away"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_finds_a_whole_bundle_at_every_moment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "folders are exchanged in one step on Linux only");
        HashSet<string> digests = [Save("m", 0.5), Save("other", 0.6)];
        bool done = false;
        var reader = Task.Run(() =>
        {
            int reads = 0;
            while (!Volatile.Read(ref done) || reads == 0)
            {
                // Its files may be exchanged while they are read, which is refused; the folder itself is never away.
                Assert.True(File.Exists(Path.Combine(temp["m"], "manifest.json")));
                reads++;
            }
            return reads;
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 20; i++) Assert.Contains(Save("m", i % 2 == 0 ? 0.6 : 0.5), digests);
        Volatile.Write(ref done, true);
        Assert.True(await reader > 0);
    }

    [Fact]
    public void A_folder_of_something_else_stays_as_it_is()
    {
        Directory.CreateDirectory(temp["m"]);
        File.WriteAllText(Path.Combine(temp["m"], "thesis.txt"), "years of work");
        Refused("is no bundle");
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(temp["m"], "thesis.txt")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"format\":\"webpack\",\"format_version\":1,\"files\":[]}")]
    public void Another_programs_manifest_makes_no_bundle(string manifest)
    {
        Directory.CreateDirectory(temp["m"]);
        File.WriteAllText(Path.Combine(temp["m"], "manifest.json"), manifest);
        Refused("is no bundle");
    }

    [Fact]
    public void What_someone_put_beside_a_bundle_stays()
    {
        Save("m", 0.5);
        File.WriteAllText(Path.Combine(temp["m"], "notes.txt"), "mine");
        Refused("notes.txt");
    }

    [Fact]
    public void A_damaged_bundle_may_be_replaced()
    {
        Save("m", 0.5);
        File.WriteAllText(Path.Combine(temp["m"], "model.json"), "cut off");
        File.Delete(Path.Combine(temp["m"], "README.md"));
        Assert.Equal(Save("m", 0.6), Bundle.Load(temp["m"]).Digest);
    }

    [Fact]
    public void A_file_stays_as_it_is()
    {
        File.WriteAllText(temp["m"], "x");
        Refused("is a file");
    }

    [Fact]
    public void A_link_to_a_bundle_goes_on_pointing_to_the_new_one()
    {
        Save("v1", 0.5);
        Directory.CreateSymbolicLink(temp["current"], temp["v1"]);
        string digest = Save("current", 0.6);
        Assert.Equal(digest, Bundle.Load(temp["v1"]).Digest);
        Assert.Equal(digest, Bundle.Load(temp["current"]).Digest);
        Assert.NotNull(new DirectoryInfo(temp["current"]).LinkTarget);
    }

    private string Leftover(string name, TimeSpan age)
    {
        string folder = temp[name], plots = Path.Combine(folder, "plots"), file = Path.Combine(plots, "roc.svg");
        Directory.CreateDirectory(plots);
        File.WriteAllText(file, "x");
        DateTime then = Directory.GetLastWriteTimeUtc(folder) - age;
        File.SetLastWriteTimeUtc(file, then);
        Directory.SetLastWriteTimeUtc(plots, then);
        Directory.SetLastWriteTimeUtc(folder, then);
        return folder;
    }

    private string Save(string name, double threshold) => Bundle.Save(temp[name], Model.Value.WithThreshold(threshold), TinyModels.Info());

    private void Refused(string complaint) =>
        Assert.Contains(complaint, Assert.Throws<BundleException>(() => Save("m", 0.5)).Message, StringComparison.Ordinal);
}
