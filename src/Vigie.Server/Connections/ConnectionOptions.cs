using System.Globalization;

namespace Vigie.Server;

/// <summary>How many connections there may be, and how slow (<c>connections</c>).</summary>
public sealed record ConnectionOptions
{
    /// <summary>
    /// Most connections at once; 16 to 1,000,000. When there are more, those that have been quiet for longest are closed, so that new callers get in whatever
    /// others hold open. Where nobody says, 10,000, or fewer where the system allows the process fewer open files.
    /// </summary>
    public int? Most { get; init; }

    /// <summary>How long a caller may take to send a request's headers; 1s to 5m.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay without a request; 1s to 1h.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Slowest that a caller may send a body or read an answer, in bytes a second, after 5 s of grace; 1 to 1,000,000.</summary>
    public int SlowestRate { get; init; } = 1000;

    /// <summary>Files and connections that the process may not need for callers: models, records, logs, databases.</summary>
    private const int OtherFiles = 256;

    /// <summary>The limit that holds on this machine.</summary>
    internal int Limit => Most ?? Math.Clamp(OpenFiles() - OtherFiles, 16, 10_000);

    /// <exception cref="InvalidInputException">A value is out of range, or more than the system allows.</exception>
    internal void Check()
    {
        if (Most is < 16 or > 1_000_000) throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"connections.most is {Most}; expected 16 to 1,000,000"));
        if (Most > OpenFiles() - OtherFiles)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"connections.most is {Most}, and the system allows this process {OpenFiles()} open files (ulimit -n); expected at most {OpenFiles() - OtherFiles}"));
        Range("header_timeout", HeaderTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Range("idle_timeout", IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (SlowestRate is < 1 or > 1_000_000) throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"connections.slowest_rate is {SlowestRate}; expected 1 to 1,000,000 bytes a second"));
    }

    private static void Range(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most) throw new InvalidInputException($"connections.{name} is {Duration.Format(value)}; expected {Duration.Format(least)} to {Duration.Format(most)}");
    }

    // What the system allows now: .NET has raised its soft limit to the hard one by the time that anything of ours runs.
    private static int OpenFiles()
    {
        if (!OperatingSystem.IsLinux()) return int.MaxValue;
        const string name = "Max open files";
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.TryParse(line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out int soft) ? soft : int.MaxValue; // 'unlimited'
    }
}
