using System.Runtime.Versioning;

namespace Vigie.Cli.Tests.Torch;

/// <summary>When Vigie.Torch is built and when not, with a stand-in for <c>dotnet</c> that 'builds' in no time.</summary>
[UnsupportedOSPlatform("windows")] // the stand-in is a shell script
public sealed class TorchBuildTests : IDisposable
{
    // publish PROJECT … -o FOLDER …: counts the call; fails where the project says so, after what it is to say.
    private const string FakeDotnet = """
        #!/bin/sh
        here=$(dirname "$0")
        echo "$*" >>"$here/calls"
        sleep "$(cat "$here/seconds" 2>/dev/null || echo 0)"
        [ -f "$here/says" ] && { cat "$here/says"; exit 1; }
        while [ "$1" != -o ]; do shift; done
        mkdir -p "$2" && echo built >"$2/Vigie.Torch.dll"
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("vigie-torch-").FullName;
    private readonly List<string> _notes = [];

    public TorchBuildTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for dotnet is a shell script");
        foreach (string folder in new[] { "src/obj", "tools" }) Directory.CreateDirectory(At(folder));
        foreach (string file in new[] { "src/Vigie.Torch.csproj", "src/Adam.cs", "Packages.props", "Vigie.dll" }) File.WriteAllText(At(file), file);
        File.WriteAllText(At("tools/dotnet"), FakeDotnet.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(At("tools/dotnet"), (UnixFileMode)0b111_101_101);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TorchBuild Build => new(new TorchSources(At("src/Vigie.Torch.csproj"), At("builds"), [At("Packages.props")]), At("Vigie.dll"))
    {
        Dotnet = At("tools/dotnet"),
        Note = line =>
        {
            lock (_notes) _notes.Add(line);
        },
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task It_builds_once_against_the_running_program_and_says_so()
    {
        string first = await Build.EnsureAsync(Cancel), second = await Build.EnsureAsync(Cancel);

        Assert.Equal(first, second);
        Assert.True(File.Exists(Path.Combine(first, "Vigie.Torch.dll")));
        Assert.Contains($"-p:VigieAssembly={At("Vigie.dll")}", Assert.Single(Calls), StringComparison.Ordinal);
        Assert.Contains("600 MB", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/Adam.cs", 2)]
    [InlineData("src/New.cs", 2)]
    [InlineData("Packages.props", 2)]
    [InlineData("Vigie.dll", 2)]
    [InlineData("src/obj/project.assets.json", 1)]
    public async Task It_builds_again_where_something_that_went_into_it_has_changed(string file, int builds)
    {
        await Build.EnsureAsync(Cancel);
        await File.WriteAllTextAsync(At(file), "changed", Cancel);
        await Build.EnsureAsync(Cancel);
        await Build.EnsureAsync(Cancel);

        Assert.Equal(builds, Calls.Length);
    }

    [Fact]
    public async Task Calls_at_the_same_time_build_once()
    {
        File.WriteAllText(At("tools/seconds"), "0.5");
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Build.EnsureAsync(Cancel))));

        Assert.Single(folders.Distinct());
        Assert.Single(Calls);
        Assert.Equal(3, _notes.Count(line => line.StartsWith("Waiting for another vigie", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_builds_are_kept()
    {
        for (int i = 0; i < 4; i++)
        {
            await File.WriteAllTextAsync(At("src/Adam.cs"), $"{i}", Cancel);
            await Build.EnsureAsync(Cancel);
        }

        Assert.Equal(2, Directory.GetDirectories(At("builds")).Length);
        Assert.True(Directory.Exists(await Build.EnsureAsync(Cancel)));
        Assert.Equal(4, Calls.Length);
    }

    [Fact]
    public async Task A_build_that_fails_says_why_and_leaves_nothing_that_would_be_loaded()
    {
        File.WriteAllText(At("tools/says"), "  Restoring\nAdam.cs(1,1): error CS1002: ; expected\n");
        string message = (await Assert.ThrowsAsync<InvalidOperationException>(() => Build.EnsureAsync(Cancel))).Message;

        Assert.Contains("could not be built: Adam.cs(1,1): error CS1002", message, StringComparison.Ordinal);
        Assert.Contains(At("builds/log"), message, StringComparison.Ordinal);
        Assert.Contains("Restoring", await File.ReadAllTextAsync(At("builds/log"), Cancel), StringComparison.Ordinal);
        File.Delete(At("tools/says"));
        Assert.True(Directory.Exists(await Build.EnsureAsync(Cancel)));
    }

    [Fact]
    public async Task Without_a_network_it_says_what_to_do()
    {
        File.WriteAllText(At("tools/says"), "Vigie.Torch.csproj : error NU1301: Unable to load the service index for source\n");
        string message = (await Assert.ThrowsAsync<InvalidOperationException>(() => Build.EnsureAsync(Cancel))).Message;

        foreach (string part in new[] { "could not be fetched", "connect to the network", "VIGIE_TORCH", "NU1301" }) Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_sdk_it_says_what_to_install()
    {
        string message = (await Assert.ThrowsAsync<InvalidOperationException>(() => (Build with { Dotnet = At("tools/none") }).EnsureAsync(Cancel))).Message;

        foreach (string part in new[] { ".NET 10 SDK", At("tools/none"), "VIGIE_TORCH" }) Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_is_stopped_leaves_nothing_that_would_be_loaded()
    {
        File.WriteAllText(At("tools/seconds"), "60");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<string> building = Build.EnsureAsync(stop.Token);
        while (!File.Exists(At("tools/calls"))) await Task.Delay(10, Cancel);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => building.WaitAsync(TimeSpan.FromSeconds(5), Cancel));
        Assert.Empty(Directory.GetDirectories(At("builds")));
        File.WriteAllText(At("tools/seconds"), "0");
        Assert.True(Directory.Exists(await Build.EnsureAsync(Cancel)));
    }

    [Fact]
    public void A_checkout_builds_into_its_artifacts_and_an_installed_program_into_the_users_folder()
    {
        TorchSources checkout = TorchSources.Find(AppContext.BaseDirectory);
        Assert.Equal((Path.Combine(SharedData.Repository, "src/Vigie.Torch/Vigie.Torch.csproj"), Path.Combine(SharedData.Repository, "artifacts/torch")), (checkout.Project, checkout.Builds));
        Assert.Equal(3, checkout.Settings.Count);

        Assert.Contains("install vigie anew", Assert.Throws<InvalidOperationException>(() => TorchSources.Find(_root)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(At("torch"));
        File.WriteAllText(At("torch/Vigie.Torch.csproj"), "<Project />");
        TorchSources installed = TorchSources.Find(_root);
        Assert.Equal(At("torch/Vigie.Torch.csproj"), installed.Project);
        Assert.EndsWith("vigie/torch", installed.Builds, StringComparison.Ordinal);
        Assert.False(installed.Builds.StartsWith(_root, StringComparison.Ordinal));
    }

    private string[] Calls => File.ReadAllLines(At("tools/calls"));

    private string At(string path) => Path.Combine(_root, path);
}
