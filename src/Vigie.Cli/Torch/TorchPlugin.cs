using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Vigie.Networks;

namespace Vigie.Cli;

/// <summary>Finds, builds and loads what trains networks: an assembly in a folder of its own, with libtorch beside it, that shares this program's Vigie.</summary>
internal static class TorchPlugin
{
    private const string Assembly = "Vigie.Torch";

    /// <summary>Names a folder with a build of Vigie.Torch, which is then taken as it is: for a machine without SDK or network, or for libtorch with CUDA.</summary>
    public const string Variable = "VIGIE_TORCH";

    /// <summary>The trainer of networks; built first where it is not there, which is said.</summary>
    /// <exception cref="InvalidInputException">The folder in VIGIE_TORCH holds no such build.</exception>
    /// <exception cref="InvalidOperationException">It cannot be built.</exception>
    /// <exception cref="PlatformNotSupportedException">There is no libtorch for this machine.</exception>
    public static async Task<INetworkTrainer> LoadAsync(VerbRun run)
    {
        if (run.Terminal.Variable(Variable) is { Length: > 0 } named) return Load(Path.GetFullPath(named, run.Terminal.WorkingFolder));
        if (!HasLibtorch) throw new PlatformNotSupportedException($"libtorch is published for Linux and Windows on x64 and for macOS on Arm64, and this is {RuntimeInformation.RuntimeIdentifier}: train networks on one of those (this machine can use their models), or name a folder with a build of Vigie.Torch in {Variable}");
        var build = new TorchBuild(TorchSources.Find(AppContext.BaseDirectory), TorchSources.SharedAssembly) { Clock = run.Clock, Note = run.Note };
        return Load(await build.EnsureAsync(run.Stop));
    }

    private static bool HasLibtorch => RuntimeInformation.OSArchitecture == (OperatingSystem.IsMacOS() ? Architecture.Arm64 : Architecture.X64) && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>The trainer in a folder.</summary>
    /// <exception cref="InvalidInputException">The folder holds none, or one that was built against another version of Vigie.</exception>
    public static INetworkTrainer Load(string folder)
    {
        string path = Path.Combine(folder, $"{Assembly}.dll");
        if (!File.Exists(path)) throw new InvalidInputException($"{folder}: holds no {Assembly}.dll; it should be what 'dotnet publish src/{Assembly}' writes ({Variable} names such a folder)");
        try
        {
            Type trainer = new PluginContext(path).LoadFromAssemblyPath(path).GetExportedTypes().FirstOrDefault(type => type.IsAssignableTo(typeof(INetworkTrainer)) && !type.IsAbstract)
                ?? throw new InvalidInputException($"{path}: holds nothing that trains networks");
            return (INetworkTrainer)Activator.CreateInstance(trainer)!;
        }
        catch (Exception fault) when (fault is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or MissingMemberException or TargetInvocationException)
        {
            throw new InvalidInputException($"{path}: cannot be loaded, or was built against another version of Vigie; build it anew ({fault.Message})", fault);
        }
    }

    // What this program has is shared, so that the trainer's INetworkTrainer is ours; only what it lacks comes from the folder.
    private sealed class PluginContext(string path) : AssemblyLoadContext("Vigie.Torch")
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override System.Reflection.Assembly? Load(AssemblyName assemblyName)
        {
            if (Default.Assemblies.Any(loaded => loaded.GetName().Name == assemblyName.Name) || File.Exists(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll"))) return null;
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
