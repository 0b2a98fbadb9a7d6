using System.Diagnostics;
using System.Globalization;

namespace Vigie.Server.Tests;

/// <summary>A disk of a few megabytes, in memory. Needs root; a test that asks for one is skipped where it cannot be had.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(string below, int megabytes)
    {
        string path = Directory.CreateDirectory(System.IO.Path.Combine(below, "disk")).FullName;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "vigie", path),
            "needs to mount a small disk, which root on Linux may");
        return new SmallDisk(path);
    }

    /// <summary>Fills it to the last byte; answers the file whose deletion frees it.</summary>
    public string Fill()
    {
        string filler = System.IO.Path.Combine(Path, "filler");
        using FileStream file = new(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            return filler; // full
        }
    }

    public void Dispose() => Assert.True(Run("umount", "-l", Path));

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
