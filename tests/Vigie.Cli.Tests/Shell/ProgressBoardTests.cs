using Microsoft.Extensions.Time.Testing;

namespace Vigie.Cli.Tests;

public sealed class ProgressBoardTests
{
    [Fact]
    public void In_a_log_a_stage_says_its_first_and_last_report_and_one_every_two_seconds()
    {
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        using var error = new StringWriter { NewLine = "\n" };
        Terminal terminal = new CliSession { Clock = clock }.TerminalOver(TextWriter.Null, error);

        using (ProgressBoard board = ProgressBoard.On(terminal, quiet: false))
        {
            IProgress<Amount> reading = board.Stage("reading");
            IProgress<Amount> fitting = board.Stage("fitting");
            for (int i = 1; i <= 50; i++)
            {
                reading.Report(new Amount(i * 1000, 50_000));
                clock.Advance(TimeSpan.FromSeconds(0.1));
            }

            fitting.Report(new Amount(1, null, "loss 0.69"));
            fitting.Report(new Amount(2, null, "loss 0.42"));
        }

        Assert.Equal(
            """
            reading: 1,000 of 50,000, 0.0 s
            reading: 21,000 of 50,000, 2.0 s
            reading: 41,000 of 50,000, 4.0 s
            reading: 50,000 of 50,000, 4.9 s
            fitting: 1, 5.0 s, loss 0.69
            fitting: 2, 5.0 s, loss 0.42

            """,
            error.ToString());
    }

    [Fact]
    public void Progress_goes_to_standard_error_alone_and_quiet_silences_it()
    {
        CliRun loud = new CliSession { Verbs = TestProgram.Verbs }.Run("count");
        CliRun quiet = new CliSession { Verbs = TestProgram.Verbs }.Run("count", "--quiet");

        Assert.StartsWith("counting: 0 of 1,000", loud.Error, StringComparison.Ordinal);
        Assert.Equal("", loud.Out);
        Assert.Equal(new CliRun(ExitCode.Success, "", ""), quiet);
    }

    [Fact]
    public void On_a_terminal_a_bar_ends_full_and_gives_the_cursor_back()
    {
        var variables = new Dictionary<string, string> { ["TERM"] = "xterm" };
        CliRun run = new CliSession { Verbs = TestProgram.Verbs, IsTerminal = true, Variables = variables }.Run("count");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Out));
        Assert.Contains("counting", run.Error, StringComparison.Ordinal);
        Assert.Contains("100%", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("\u001b[?25h", run.Error.TrimEnd(), StringComparison.Ordinal);
    }
}
