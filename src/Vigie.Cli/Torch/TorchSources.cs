using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Vigie.Networks;

namespace Vigie.Cli;

/// <summary>The sources of Vigie.Torch, which trains networks, and where its builds stand.</summary>
/// <param name="Project">Its project file.</param>
/// <param name="Builds">The folder of its builds.</param>
/// <param name="Settings">Further files that a build depends on.</param>
internal sealed record TorchSources(string Project, string Builds, IReadOnlyList<string> Settings)
{
    private static readonly string[] SettingFiles = ["Directory.Build.props", "Directory.Packages.props", "global.json"];

    /// <summary>The assembly that the plug-in shares with this program: it is built against the very file that is running.</summary>
    public static string SharedAssembly => typeof(INetworkTrainer).Assembly.Location;

    /// <summary>In a checkout its project, built into <c>artifacts/torch</c>; else the sources that the program carries, built into the user's own folder.</summary>
    /// <exception cref="InvalidOperationException">There are none of either kind.</exception>
    public static TorchSources Find(string program)
    {
        for (DirectoryInfo? folder = new(program); folder is not null; folder = folder.Parent)
        {
            string project = Path.Combine(folder.FullName, "src", "Vigie.Torch", "Vigie.Torch.csproj");
            if (!File.Exists(Path.Combine(folder.FullName, "Vigie.slnx")) || !File.Exists(project)) continue;
            string[] settings = [.. SettingFiles.Select(name => Path.Combine(folder.FullName, name)).Where(File.Exists)];
            return new TorchSources(project, Path.Combine(folder.FullName, "artifacts", "torch"), settings);
        }
        string carried = Path.Combine(program, "torch", "Vigie.Torch.csproj");
        if (!File.Exists(carried)) throw new InvalidOperationException($"networks are trained by Vigie.Torch, and neither its sources ({carried}) nor a checkout stand where vigie does: install vigie anew, or name a folder with a build of it in VIGIE_TORCH");
        string own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (own.Length == 0) throw new InvalidOperationException("there is no folder for a user's data (HOME is not set), and Vigie.Torch, which trains networks, is built there: set HOME, or name a folder with a build of it in VIGIE_TORCH");
        return new TorchSources(carried, Path.Combine(own, "vigie", "torch"), []);
    }

    /// <summary>Names the build: another source, setting, platform or version of this program gives another name.</summary>
    public string Key(string shared)
    {
        string root = Path.GetDirectoryName(Project)!;
        IEnumerable<string> sources = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("bin/", StringComparison.Ordinal) && !path.StartsWith("obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(RuntimeInformation.RuntimeIdentifier));
        foreach (string file in sources.Select(path => Path.Combine(root, path)).Concat(Settings).Append(shared))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{Path.GetFileName(file)} "));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
