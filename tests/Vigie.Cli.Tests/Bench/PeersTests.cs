namespace Vigie.Cli.Tests;

/// <summary>The peers' scripts are shell scripts here: what is tested is how they are run and understood.</summary>
public sealed class PeersTests : IDisposable
{
    private static readonly Peer Script = new("a peer", "peer.py", ["--deep", "3"], CounterpartOf: "tfidf-lr");

    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-peers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_last_line_is_read_for_its_figures()
    {
        ModelRow row = await MeasureAsync("""
            echo "loading $2 with $3 $4 from $PEERS_DATA, waiting $OMP_WAIT_POLICY"
            echo '{"test": {"n": 5000, "f1_macro": 0.7}, "test_common": {"n": 20000, "f1_macro": 0.7733, "auc": 0.8502, "f1": 0.7746, "prec_pos": 0.7717}, "vectorize_fit": {"wall_s": 1.0, "cpu_s": 0.6}, "train": {"wall_s": 0.25, "cpu_s": 0.1}, "train_total_cpu_s": 0.7, "rss_peak_mb": 143.4, "model_bytes": 500000, "batch": {"tweets_per_s_best": 130000}, "single": {"p50_ms": 0.25, "p95_ms": 0.5}}'
            """);

        Assert.Equal(
            new ModelRow("a peer", 50_000)
            {
                CounterpartOf = "tfidf-lr",
                Command = "peer.py --data sample_50k.tsv --deep 3",
                TestRows = 20_000,
                F1Macro = 0.7733,
                RocAuc = 0.8502,
                F1 = 0.7746,
                PrecisionPositive = 0.7717,
                CpuSeconds = 0.7,
                WallSeconds = 1.25,
                PeakMib = 143.4,
                ModelMb = 0.5,
                TweetsPerSecond = 130_000,
                P50Us = 250,
                P95Us = 500,
            },
            row);
    }

    [Fact]
    public async Task Test_rows_that_are_the_common_ones_stand_under_their_own_name() =>
        Assert.Equal(0.8, (await MeasureAsync("""echo '{"test": {"f1_macro": 0.8}}'""")).F1Macro);

    [Theory]
    [InlineData("echo 'Traceback' >&2; echo \"ModuleNotFoundError: No module named 'sklearn'\" >&2; exit 1", "ModuleNotFoundError: No module named 'sklearn'")]
    [InlineData("exit 3", "exit code 3 without a word")]
    [InlineData("echo done", "was not understood")]
    [InlineData("true", "was not understood")]
    [InlineData("echo '[1]'", "no JSON object")]
    [InlineData("""echo '{"train_total_cpu_s": "much"}'""", "was not understood")]
    public async Task A_peer_that_gives_no_figures_says_why(string script, string reason)
    {
        ModelRow row = await MeasureAsync(script);

        Assert.Contains(reason, row.NotMeasured, StringComparison.Ordinal);
        Assert.Null(row.F1Macro);
    }

    [Fact]
    public void No_folder_and_no_interpreter_are_reasons()
    {
        Assert.Equal("no --peers folder", new Peers(null, TimeProvider.System).Unavailable);
        Assert.Equal("no /no/python here", new Peers(_folder, TimeProvider.System) { Interpreter = "/no/python" }.Unavailable);
    }

    [Fact]
    public async Task Stopping_ends_the_script_and_what_it_started()
    {
        string started = Path.Combine(_folder, "started");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<ModelRow> measuring = MeasureAsync($"sleep 300 & echo $! > {started}.part; mv {started}.part {started}; wait", stop.Token);
        while (!File.Exists(started)) await Task.Delay(20, TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measuring);
        string sleeper = $"/proc/{File.ReadAllText(started).Trim()}/stat";
        for (int i = 0; i < 200 && IsAlive(sleeper); i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(IsAlive(sleeper));
    }

    [Fact]
    public void Samples_hold_the_rows_that_training_takes_in_the_scripts_own_form()
    {
        string data = Path.Combine(_folder, "ranked.csv");
        File.WriteAllLines(data, ["rank,split,label,id,text", "0,train,1,a,\"two\nlines\ttab\"", "1,test,0,b,\"quoted, \"\"so\"\"\"", "2,val,0,c,café", "5,test,1,,late"]);

        string sample = PeerSample.Write(data, 3, _folder, CancellationToken.None);
        string test = PeerSample.WriteTest(data, 200_000, _folder, CancellationToken.None);

        Assert.Equal("0\ttrain\t1\ta\ttwo lines\ttab\n1\ttest\t0\tb\tquoted, \"so\"\n2\tval\t0\tc\tcafé\n", File.ReadAllText(sample));
        Assert.Equal("0\tquoted, \"so\"\n1\tlate\n", File.ReadAllText(test));
        Assert.Equal(["sample_3.tsv", "test_common.tsv"], [Path.GetFileName(sample), Path.GetFileName(test)]);
        Assert.Equal(["all", "50k", "1500"], new int?[] { null, 50_000, 1_500 }.Select(PeerSample.NameOf));
    }

    [Fact]
    public void Samples_of_the_real_file_are_those_that_the_scripts_make_themselves()
    {
        string data = SharedData.Path("data/sentiment140.csv.gz");
        string[] rows = File.ReadAllLines(PeerSample.Write(data, 1_000, _folder, CancellationToken.None));

        Assert.Equal(1_000, rows.Length);
        Assert.Equal((800, 100, 100), (rows.Count(row => row.Contains("\ttrain\t")), rows.Count(row => row.Contains("\tval\t")), rows.Count(row => row.Contains("\ttest\t"))));
    }

    [Fact]
    public void Neutral_rows_are_refused()
    {
        string data = Path.Combine(_folder, "three.csv");
        File.WriteAllLines(data, ["label,text", "negative,lost", "neutral,gate", "positive,thanks"]);

        InvalidInputException refused = Assert.Throws<InvalidInputException>(() => PeerSample.Write(data, null, _folder, CancellationToken.None));
        Assert.Contains("neutral", refused.Message, StringComparison.Ordinal);
    }

    private Task<ModelRow> MeasureAsync(string script, CancellationToken? stop = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");
        File.WriteAllText(Path.Combine(_folder, Script.Script), script + "\n");
        return new Peers(_folder, TimeProvider.System) { Interpreter = "/bin/sh" }
            .MeasureAsync(Script, 50_000, Path.Combine(_folder, "sample_50k.tsv"), stop ?? TestContext.Current.CancellationToken);
    }

    // A process that nobody has waited for yet is a zombie (Z): gone for all that matters.
    private static bool IsAlive(string stat)
    {
        try
        {
            return !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
