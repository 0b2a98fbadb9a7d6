namespace Vigie.Cli.Tests;

/// <summary>The product as a person gets it: through the launcher, and as a .NET tool.</summary>
[Trait("Category", "Slow")]
public sealed class PackageTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-package-").FullName;

    [Fact]
    public async Task The_launcher_builds_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the launcher of Windows is vigie.cmd");
        string launcher = Path.Combine(SharedData.Repository, "vigie"), current = Path.Combine(SharedData.Repository, "artifacts", "vigie", "current");
        Assert.StartsWith("vigie ", await RunAsync(launcher, "--version"), StringComparison.Ordinal);
        (string Number, DateTime Began) build = (await File.ReadAllTextAsync(current, Cancel), File.GetLastWriteTimeUtc(current));

        Assert.StartsWith("vigie ", await RunAsync(launcher, "--version"), StringComparison.Ordinal);

        Assert.Equal(build, (await File.ReadAllTextAsync(current, Cancel), File.GetLastWriteTimeUtc(current)));
    }

    [Fact]
    public async Task The_packed_tool_installs_and_runs()
    {
        string source = Path.Combine(SharedData.Repository, "src", "Vigie.Cli");
        await RunAsync("dotnet", "pack", source, "-c", "Release", "--artifacts-path", Path.Combine(_folder, "build"), "-o", _folder, "--nologo", "-v", "quiet");
        string package = Assert.Single(Directory.GetFiles(_folder, "Vigie.Tool.*.nupkg"));
        Assert.InRange(new FileInfo(package).Length, 1, 150_000_000); // what is larger than 250 MB cannot be published
        string version = Path.GetFileNameWithoutExtension(package)["Vigie.Tool.".Length..];

        string tools = Path.Combine(_folder, "tools");
        await RunAsync("dotnet", "tool", "install", "Vigie.Tool", "--version", version, "--tool-path", tools, "--source", _folder, "--no-http-cache");

        // What trains networks is carried as sources, libtorch not at all.
        string project = Assert.Single(Directory.GetFiles(tools, "Vigie.Torch.csproj", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "Directory.Packages.props")));
        Assert.Empty(Directory.GetFiles(tools, "*torch_cpu*", SearchOption.AllDirectories));

        Assert.StartsWith($"vigie {version}", await RunAsync(Path.Combine(tools, "vigie"), "--version"), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> RunAsync(string file, params string[] args)
    {
        using ChildProcess process = ChildProcess.Start(file, args);
        process.Input.Close();
        Task<string> output = process.OutAsync();
        Task<string> error = process.ErrorAsync();
        Assert.True(await process.ExitCodeAsync() == 0, $"{file} {string.Join(' ', args)}\n{await output}{await error}");
        return await output;
    }
}
