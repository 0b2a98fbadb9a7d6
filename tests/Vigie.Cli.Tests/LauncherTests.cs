using System.Runtime.Versioning;

namespace Vigie.Cli.Tests;

/// <summary>
/// The launcher's own decisions, with a stand-in for <c>dotnet</c> that 'builds' in no time: when to build, what to run, what to pass on.
/// </summary>
[UnsupportedOSPlatform("windows")] // its launcher is vigie.cmd
public sealed class LauncherTests : IDisposable
{
    // publish … -o FOLDER: counts the call, fails where src/broken exists. FOLDER/Vigie.Cli.dll ARGS…: answers with what it was given.
    private const string FakeDotnet = """
        #!/bin/sh
        case $1 in
          --version) echo 10.0.100 ;;
          publish)
            echo publish >>"$FAKE_LOG"
            sleep "${FAKE_SECONDS:-0}"
            [ -e "$2/../broken" ] && { echo "broken(1,1): error"; exit 1; }
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2" && echo built >"$2/Vigie.Cli.dll" ;;
          *)
            [ -f "$1" ] || { echo "no such build: $1"; exit 99; }
            shift
            for word; do printf '[%s]' "$word"; done
            cat
            exit 7 ;;
        esac
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("vigie-launcher-").FullName;

    public LauncherTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the launcher of Windows is vigie.cmd");
        foreach (string folder in new[] { "src/Vigie/obj", "src/Vigie.Cli", "tools", "elsewhere" }) Directory.CreateDirectory(At(folder));
        foreach (string file in new[] { "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "src/Vigie/Tweet.cs" })
            File.WriteAllText(At(file), "");
        File.Copy(Path.Combine(SharedData.Repository, "vigie"), At("vigie"));
        File.WriteAllText(At("tools/dotnet"), FakeDotnet.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(At("tools/dotnet"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(At("elsewhere/link"), "../vigie");
        foreach (string path in Directory.EnumerateFileSystemEntries(At("src"), "*", SearchOption.AllDirectories)) Age(path);
        Age(At("src"));
    }

    [Fact]
    public async Task Builds_once_says_so_on_standard_error_and_passes_on_arguments_input_and_exit_code()
    {
        (int code, string output, string error) = await VigieAsync("vigie", input: "tweets", "a b", "", "*", "--json");
        (int again, string _, string silence) = await VigieAsync("vigie", input: "");

        Assert.Equal((7, "[a b][][*][--json]tweets", "Building Vigie (once)…\n"), (code, output, error));
        Assert.Equal((7, ""), (again, silence));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Works_through_a_symbolic_link() => Assert.Equal((7, "[x]"), await OutcomeAsync("elsewhere/link", "x"));

    [Theory]
    [InlineData("src/Vigie/Tweet.cs", true)]
    [InlineData("src/Vigie/emoji.txt", true)]
    [InlineData("Directory.Packages.props", true)]
    [InlineData("src/Vigie/obj/project.assets.json", false)]
    [InlineData("README.md", false)]
    public async Task Rebuilds_when_a_source_is_newer(string file, bool rebuilds)
    {
        await OutcomeAsync("vigie");
        File.WriteAllText(At(file), "changed");
        Age(At("src/Vigie"));
        Rejuvenate(At(file));
        await OutcomeAsync("vigie");
        await OutcomeAsync("vigie");

        // A third call builds again only because Rejuvenate dates the file ahead of every build.
        Assert.Equal(rebuilds ? 3 : 1, Builds);
    }

    [Fact]
    public async Task Rebuilds_when_a_source_is_gone()
    {
        await OutcomeAsync("vigie");
        File.Delete(At("src/Vigie/Tweet.cs"));
        Rejuvenate(At("src/Vigie"));
        await OutcomeAsync("vigie");

        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task A_build_that_fails_is_shown_and_runs_nothing_even_where_an_older_build_exists()
    {
        await OutcomeAsync("vigie");
        File.WriteAllText(At("src/broken"), "");
        Rejuvenate(At("src/broken"));
        (int code, string output, string error) = await VigieAsync("vigie", input: "");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("broken(1,1): error", error, StringComparison.Ordinal);
        Assert.EndsWith("vigie: the build failed\n", error, StringComparison.Ordinal);

        File.Delete(At("src/broken"));
        Assert.Equal(7, (await OutcomeAsync("vigie")).ExitCode);
    }

    [Fact]
    public async Task First_calls_at_the_same_time_build_once()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => OutcomeAsync("vigie", $"{i}")));

        Assert.Equal(Enumerable.Range(0, 4).Select(i => (7, $"[{i}]")), outcomes);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Without_an_sdk_it_says_what_to_install()
    {
        File.Delete(At("tools/dotnet"));
        foreach (string tool in new[] { "sh", "dirname", "readlink" }) File.CreateSymbolicLink(At($"tools/{tool}"), $"/usr/bin/{tool}");
        using ChildProcess vigie = ChildProcess.Start(At("vigie"), new Dictionary<string, string> { ["PATH"] = At("tools"), ["HOME"] = _root });

        Assert.Equal(1, await vigie.ExitCodeAsync());
        Assert.Contains("needs the .NET 10 SDK", await vigie.ErrorAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private int Builds => File.ReadAllLines(At("calls")).Length;

    private string At(string path) => Path.Combine(_root, path);

    private static void Age(string path) => SetTime(path, TimeSpan.FromHours(-1));

    private static void Rejuvenate(string path) => SetTime(path, TimeSpan.FromHours(1));

    private static void SetTime(string path, TimeSpan fromNow)
    {
        DateTime time = TimeProvider.System.GetUtcNow().UtcDateTime + fromNow;
        if (Directory.Exists(path)) Directory.SetLastWriteTimeUtc(path, time);
        else File.SetLastWriteTimeUtc(path, time);
    }

    private async Task<(int ExitCode, string Out)> OutcomeAsync(string launcher, params string[] args)
    {
        (int code, string output, _) = await VigieAsync(launcher, input: "", args);
        return (code, output);
    }

    private async Task<(int ExitCode, string Out, string Error)> VigieAsync(string launcher, string input, params string[] args)
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = $"{At("tools")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FAKE_LOG"] = At("calls"),
            ["FAKE_SECONDS"] = "0.3",
        };
        using ChildProcess vigie = ChildProcess.Start(At(launcher), variables, args);
        await vigie.Input.WriteAsync(input);
        vigie.Input.Close();
        Task<string> output = vigie.OutAsync();
        Task<string> error = vigie.ErrorAsync();
        return (await vigie.ExitCodeAsync(), await output, await error);
    }
}
