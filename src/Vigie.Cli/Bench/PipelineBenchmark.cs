using System.Globalization;
using System.Text;

namespace Vigie.Cli;

/// <summary>All that one run of <c>bench pipeline</c> measured of files; the reference is DVC 3.64 on a machine of two cores where it was known when the number was set, else md5sum in this run.</summary>
internal sealed record PipelineResults(BenchMachine Machine, IReadOnlyList<ServerFigure> Figures, double Minutes);

/// <summary>
/// Times verbs of the pipeline as whole processes, as a shell would start them. Ours and md5sum take turns, and each turn has files of its own, so that neither profits from what the other read.
/// </summary>
internal sealed record PipelineBenchmark(TimeProvider Clock, Action<string> Note)
{
    private const int FileBytes = 10_000;

    // A pipeline of foreach, matrix, params, metrics, plots and data, such as people have.
    private const string Stages = """
        vars:
          - outdir: out
        stages:
          prepare:
            cmd: mkdir -p prepared; printf 'a\n' > prepared/train.txt; printf 'b\n' > prepared/test.txt
            deps: [note.txt]
            params: [prepare.seed, prepare.split]
            outs: [prepared]
          train:
            foreach: ${models}
            do:
              cmd: >-
                mkdir -p out; echo model ${item} > out/${item}.bin; echo '{"f1": 0.5}' > metrics_${item}.json; printf 'step,loss\n0,1.0\n1,0.5\n' > plot_${item}.csv
              deps: [prepared]
              params: [train]
              outs:
                - ${outdir}/${item}.bin
              metrics:
                - metrics_${item}.json: {cache: false}
              plots:
                - plot_${item}.csv: {x: step, y: loss}
          grid:
            matrix:
              m: ${models}
              a: [1, 2]
            cmd: echo ${item.m} ${item.a} > g_${item.m}_${item.a}.txt
            outs:
              - g_${item.m}_${item.a}.txt
        """;

    private const string Parameters = "prepare: {seed: 20170428, split: 0.2}\ntrain: {alpha: 1.5, ngrams: [1, 2], name: nb}\nmodels: [nb, svm]\n";

    /// <summary>How many files are added.</summary>
    public int Files { get; init; } = 10_000;

    /// <summary>How often each is measured; the median counts.</summary>
    public int Times { get; init; } = 5;

    public async Task<PipelineResults> RunAsync(CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        using var scratch = new ScratchFolder();
        ServerFigure[] figures = [await MeasureStatusAsync(scratch, cancellation), .. await MeasureFilesAsync(scratch, cancellation)];
        return new PipelineResults(machine, figures, Clock.GetElapsedTime(start).TotalMinutes);
    }

    /// <summary>The results as a page.</summary>
    public static string Markdown(BenchMachine machine, IEnumerable<ServerFigure> figures, double minutes)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# Pipelines and searches on {machine.Cpu}\n\nWritten by `vigie bench pipeline`; docs/benchmarks.md says what each number means. Every time is that of a whole process.\n\n");
        BenchPage.Append(page, ["", ""], BenchPage.Facts(machine, minutes));
        BenchPage.Append(page, ServerFigure.Headers("beside it"), ServerFigure.Rows(figures));
        return page.ToString().TrimEnd() + "\n";
    }

    private async Task<ServerFigure> MeasureStatusAsync(ScratchFolder scratch, CancellationToken cancellation)
    {
        Note("status of a pipeline");
        string folder = Directory.CreateDirectory(scratch.At("pipeline")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "dvc.yaml"), Stages, cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "params.yaml"), Parameters, cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "note.txt"), "what is prepared\n", cancellation);
        await VerbAsync(folder, ["init", "--no-scm"], cancellation);
        await VerbAsync(folder, ["repro"], cancellation);
        List<double> seconds = [];
        for (int time = 0; time < Times; time++) seconds.Add(await VerbAsync(folder, ["status"], cancellation));
        return new("status of a pipeline of 7 stages, unchanged", "s", Median(seconds), 0.15, AtMost: true, "DVC 3.64: 1.1");
    }

    private async Task<IReadOnlyList<ServerFigure>> MeasureFilesAsync(ScratchFolder scratch, CancellationToken cancellation)
    {
        Note($"add of {Files:N0} files");
        List<double> added = [], summed = [], ratios = [], unchanged = [];
        for (int time = 0; time < Times; time++)
        {
            string folder = Directory.CreateDirectory(scratch.At($"files-{time}")).FullName, plain = scratch.At($"plain-{time}");
            await VerbAsync(folder, ["init", "--no-scm"], cancellation);
            Write(Path.Combine(folder, "data"), time * 2);
            Write(plain, time * 2 + 1);
            added.Add(await VerbAsync(folder, ["add", "data"], cancellation));
            ChildResult peer = await Child.RunAsync("sh", ["-c", "find . -type f -print0 | xargs -0 md5sum"], Clock, cancellation, folder: plain);
            if (peer.ExitCode != 0) throw new InvalidOperationException($"md5sum: {peer.Complaint}");
            summed.Add(peer.WallSeconds);
            ratios.Add(added[^1] / summed[^1]);
            unchanged.Add(await VerbAsync(folder, ["status"], cancellation));
            Directory.Delete(folder, recursive: true);
            Directory.Delete(plain, recursive: true);
        }

        string md5sum = string.Create(CultureInfo.InvariantCulture, $"md5sum: {Median(summed):0.000} s");
        return
        [
            new($"add of {Files:N0} files of 10 kB", "s", Median(added), null, AtMost: true, md5sum),
            new("the same over md5sum's time", "×", Median(ratios), 1.3, AtMost: true, null),
            new("status of those, unchanged", "s", Median(unchanged), 0.3, AtMost: true, null),
        ];
    }

    // Every file has other bytes, as real ones have: the cache keeps equal ones once.
    private void Write(string folder, int set)
    {
        Directory.CreateDirectory(folder);
        var random = new Xoshiro256((ulong)set + 1);
        byte[] bytes = new byte[FileBytes];
        for (int file = 0; file < Files; file++)
        {
            for (int i = 0; i + 8 <= bytes.Length; i += 8) BitConverter.TryWriteBytes(bytes.AsSpan(i), random.NextUInt64());
            File.WriteAllBytes(Path.Combine(folder, file.ToString("00000", CultureInfo.InvariantCulture)), bytes);
        }
    }

    private async Task<double> VerbAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        (string program, string[] first) = Child.ThisProgram();
        ChildResult result = await Child.RunAsync(program, [.. first, .. arguments, "--quiet"], Clock, cancellation, folder: folder);
        return result.ExitCode == ExitCode.Success ? result.WallSeconds : throw new InvalidOperationException($"vigie {string.Join(' ', arguments)}: {result.Complaint}");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
