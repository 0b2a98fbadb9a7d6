using System.ComponentModel;

namespace Vigie.Cli;

/// <summary>
/// Builds Vigie.Torch once: whoever trains no network never fetches libtorch. A build gets a folder of its own, named after all that went into it, and appears
/// there whole; a training that is running keeps the one it was started with.
/// </summary>
/// <param name="Sources">What is built.</param>
/// <param name="Shared">The assembly that the plug-in shares with this program.</param>
internal sealed record TorchBuild(TorchSources Sources, string Shared)
{
    private const int Kept = 2;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    // What restoring says where a source of packages cannot be reached.
    private static readonly string[] SignsOfNoNetwork = ["NU1301", "NU1101", "NU1102", "NU1801"];

    /// <summary>The program that builds.</summary>
    public string Dotnet { get; init; } = OwnDotnet();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told what takes long.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>The folder of a build of these sources, which is made where there is none.</summary>
    /// <exception cref="InvalidOperationException">It cannot be built; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The build was stopped; nothing is left half-done where a later call looks.</exception>
    public async Task<string> EnsureAsync(CancellationToken stop)
    {
        string build = Path.Combine(Sources.Builds, Sources.Key(Shared));
        if (Directory.Exists(build)) return build;
        Directory.CreateDirectory(Sources.Builds);
        await using FileStream alone = await LockAsync(stop);
        if (Directory.Exists(build)) return build; // another call has built it while this one waited
        Note($"Building Vigie.Torch, which trains networks, into {build} (once; fetches libtorch, about 600 MB, where the package cache has it not)…");
        string next = Path.Combine(Sources.Builds, "next"), intermediate = Path.Combine(Sources.Builds, "obj"), log = Path.Combine(Sources.Builds, "log");
        // Left by a call that was killed. Never written over: files of an older build, which a running program has mapped, may be links to intermediate ones.
        Remove(next, intermediate);
        await PublishAsync(next, intermediate, log, stop);
        Remove(intermediate);
        Directory.Move(next, build);
        RemoveOld(build);
        return build;
    }

    private static void Remove(params string[] folders)
    {
        foreach (string folder in folders.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
    }

    private async Task PublishAsync(string into, string intermediate, string log, CancellationToken stop)
    {
        string[] arguments =
        [
            "publish", Sources.Project, "-c", "Release", "--use-current-runtime", "--no-self-contained", "--nologo", "-v", "quiet", "-o", into, "--artifacts-path", intermediate,
            $"-p:VigieAssembly={Shared}",
            "-p:CreateHardLinksForPublishFilesIfPossible=true", // libtorch is not copied from the package cache
            "-nodeReuse:false", "-p:UseSharedCompilation=false", // nothing stays running behind
        ];
        ChildResult result;
        try
        {
            result = await Child.RunAsync(Dotnet, arguments, Clock, stop);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"training a network takes the .NET 10 SDK, which builds Vigie.Torch, and '{Dotnet}' does not start ({missing.Message}): install it from https://dotnet.microsoft.com/download/dotnet/10.0, or name a folder with a build of Vigie.Torch in VIGIE_TORCH", missing);
        }
        stop.ThrowIfCancellationRequested(); // Ctrl-C in a terminal reaches the child too, and it may be the first to end
        await File.WriteAllTextAsync(log, $"{Dotnet} {string.Join(' ', arguments)}\n{result.Out}{result.Error}", stop);
        if (result.ExitCode == 0) return;
        string[] errors = [.. (result.Out + result.Error).Split('\n').Select(line => line.Trim()).Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().Take(3)];
        string said = errors.Length > 0 ? string.Join("; ", errors) : $"exit code {result.ExitCode}";
        throw new InvalidOperationException(SignsOfNoNetwork.Any(sign => said.Contains(sign, StringComparison.Ordinal))
            ? $"libtorch and TorchSharp, which training a network takes, could not be fetched (about 600 MB, once): connect to the network and try again, or name a folder with a build of Vigie.Torch in VIGIE_TORCH. {said} (all of it: {log})"
            : $"Vigie.Torch, which trains networks, could not be built: {said} (all of it: {log})");
    }

    // One call builds, others wait: a file is locked by one process at a time, and the system frees it however that ends.
    private async Task<FileStream> LockAsync(CancellationToken stop)
    {
        for (bool waiting = false; ; waiting = true)
        {
            try
            {
                return new FileStream(Path.Combine(Sources.Builds, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(Sources.Builds))
            {
                if (!waiting) Note("Waiting for another vigie that is building Vigie.Torch…");
                await Task.Delay(LookAgain, Clock, stop);
            }
        }
    }

    private void RemoveOld(string newest)
    {
        string[] stay = ["next", "obj", Path.GetFileName(newest)];
        foreach (DirectoryInfo old in new DirectoryInfo(Sources.Builds).EnumerateDirectories().Where(folder => !stay.Contains(folder.Name)).OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(Kept - 1))
        {
            try
            {
                old.Delete(recursive: true);
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                Note($"{old.FullName} stays for now, it is in use: {inUse.Message}"); // Windows keeps the files of a running training
            }
        }
    }

    // The one that runs this program, where it is one: the PATH may hold another or none.
    private static string OwnDotnet() =>
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self
        : Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root && File.Exists(Path.Combine(root, "dotnet")) ? Path.Combine(root, "dotnet")
        : "dotnet";
}
