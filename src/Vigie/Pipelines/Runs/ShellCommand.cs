using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vigie.Pipelines;

/// <summary>Runs a line of a stage in a shell, and ends it with all its children when it is to stop.</summary>
internal static partial class ShellCommand
{
    private const int Interrupt = 2;

    // The caller is to be gone within a second.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs it to its end.</summary>
    /// <param name="line">As for <c>sh -c</c>.</param>
    /// <param name="folder">Where.</param>
    /// <param name="variables">Set for it.</param>
    /// <param name="output">Told each line that it prints; null lets it print where this process does.</param>
    /// <param name="cancellation">Ends it: first as Ctrl-C does, then for good.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(string line, string folder, IReadOnlyDictionary<string, string> variables, Action<string>? output, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh") { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = output is not null, RedirectStandardError = output is not null };
        start.ArgumentList.Add(OperatingSystem.IsWindows() ? "/c" : "-c");
        start.ArgumentList.Add(line);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using var process = new Process { StartInfo = start };
        if (output is not null)
        {
            process.OutputDataReceived += (_, read) => Tell(read.Data);
            process.ErrorDataReceived += (_, read) => Tell(read.Data);
        }
        cancellation.ThrowIfCancellationRequested();
        process.Start();
        if (output is not null)
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process).ConfigureAwait(false);
            throw;
        }

        void Tell(string? words)
        {
            if (words is not null) output(words);
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (int child in Family(process.Id)) _ = Kill(child, Interrupt);
        }
        using var patience = new CancellationTokenSource(Grace);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    // The shell and everything that it started, as /proc tells it.
    private static List<int> Family(int root)
    {
        if (!Directory.Exists("/proc")) return [root];
        var parents = new Dictionary<int, int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int process) && ParentOf(folder) is { } parent) parents[process] = parent;
        }
        var family = new List<int> { root };
        for (int i = 0; i < family.Count; i++) family.AddRange(parents.Where(pair => pair.Value == family[i]).Select(pair => pair.Key));
        return family;
    }

    private static int? ParentOf(string folder)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended meanwhile
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
