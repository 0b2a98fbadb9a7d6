using System.Runtime.InteropServices;

namespace Vigie.Cli;

/// <summary>Where and when something was measured, and of which state of the sources.</summary>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">Logical processors that the process may use.</param>
/// <param name="MemoryMib">Memory that the process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Dotnet">The runtime.</param>
/// <param name="Date">When the measuring began.</param>
/// <param name="Commit">The commit measured, ending in <c>-dirty</c> where files differ from it.</param>
/// <param name="LoadAverage">How many processes wanted a processor in the minute before, where the system says so; 0 on a quiet machine.</param>
internal sealed record BenchMachine(string Cpu, int Cores, double MemoryMib, string System, string Dotnet, DateTimeOffset Date, string Commit, double? LoadAverage)
{
    private const int ShortCommit = 12;

    public static async Task<BenchMachine> OfThisOneAsync(TimeProvider clock, CancellationToken cancellation) => new(
        CpuName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1048576.0, SystemName(), RuntimeInformation.FrameworkDescription,
        clock.GetUtcNow(), await CommitAsync(clock, cancellation), Load());

    /// <summary>The processor's name as a file name.</summary>
    public string CpuFileName => string.Join('-', new string([.. Cpu.Replace("(R)", "").Replace("(TM)", "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : ' ')])
        .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string CpuName()
    {
        const string field = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant();
    }

    private static string SystemName()
    {
        const string field = "PRETTY_NAME=";
        string? line = File.Exists("/etc/os-release") ? File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) : null;
        return line?[field.Length..].Trim('"') ?? RuntimeInformation.OSDescription;
    }

    private static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], global::System.Globalization.CultureInfo.InvariantCulture) : null;

    // The folder that the program was built into lies inside the checkout it was built from, unless it was installed as a tool.
    private static async Task<string> CommitAsync(TimeProvider clock, CancellationToken cancellation)
    {
        if (await GitCommit.OfAsync(AppContext.BaseDirectory, clock, cancellation) is not { } commit) return "not known: not built in a checkout, or no git here";
        return commit.Length > ShortCommit && !commit.EndsWith("-dirty", StringComparison.Ordinal) ? commit[..ShortCommit] : $"{commit[..Math.Min(ShortCommit, commit.Length)]}-dirty";
    }
}
