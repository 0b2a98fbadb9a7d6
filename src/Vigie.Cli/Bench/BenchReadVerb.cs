using System.CommandLine;
using System.Diagnostics;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie bench read</c>: how fast a tweet file is read.</summary>
internal static class BenchReadVerb
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A tweet file", HelpName = "FILE", Required = true };
        return new Command("read", "Stream every row of a tweet file and say how long it took and how much memory the process held") { data }
            .WithExamples("vigie bench read --data sentiment140.csv.gz", "vigie bench read --data tweets.jsonl --json")
            .Does(terminal, run =>
            {
                ReadingSpeed speed;
                using (ProgressBoard board = run.ShowProgress())
                    speed = ReadingSpeed.Measure(ModelFolder.PathOf(run, run.Required(data)), run.Clock, board.Stage<ReadProgress>("reading (MB)", TweetFileOptions.Progress), run.Stop);
                run.Print(speed, console => console.PrintTable(
                    ["rows", "wall s", "CPU s", "rows/s", "peak MiB"],
                    [[$"{speed.Rows:N0}", $"{speed.WallSeconds:0.00}", $"{speed.CpuSeconds:0.00}", $"{speed.RowsPerSecond:N0}", $"{speed.PeakMib:N0}"]]));
            });
    }
}

/// <summary>What one reading of a file cost.</summary>
/// <param name="Rows">Rows handed out.</param>
/// <param name="WallSeconds">From opening the file to its end.</param>
/// <param name="CpuSeconds">Processor time of all threads meanwhile.</param>
/// <param name="RowsPerSecond">Rows for each second by the clock.</param>
/// <param name="PeakMib">The most memory that the process held so far, in MiB.</param>
internal sealed record ReadingSpeed(long Rows, double WallSeconds, double CpuSeconds, double RowsPerSecond, double PeakMib)
{
    public static ReadingSpeed Measure(string path, TimeProvider clock, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = clock.GetTimestamp();
        long rows = 0;
        using (TweetReader reader = TweetReader.Open(path, null, progress, cancellation))
        {
            foreach (Tweet _ in reader) rows++;
        }

        double wall = clock.GetElapsedTime(start).TotalSeconds;
        double cpu = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new ReadingSpeed(rows, wall, cpu, rows / wall, process.PeakWorkingSet64 / 1048576.0);
    }
}
