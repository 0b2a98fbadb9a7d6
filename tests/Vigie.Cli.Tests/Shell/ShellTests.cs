namespace Vigie.Cli.Tests;

public sealed class ShellTests
{
    private static readonly CliSession Session = new() { Verbs = TestProgram.Verbs };

    [Fact]
    public void Version_is_one_line()
    {
        CliRun run = CliRun.Run("--version");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^vigie \d+\.\d+\.\d+\S*\n$", run.Out);
    }

    [Fact]
    public void Json_is_one_object_in_snake_case_with_lower_case_enums_and_no_NaN()
    {
        CliRun run = Session.Run("echo", "@virgin très ☃ <b>", "--json");

        Assert.Equal("""{"text":"@virgin très ☃ <b>","how_often":1,"mood":"very_calm","not_defined":null}""" + "\n", run.Out);
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void A_table_is_plain_text_where_no_terminal_is()
    {
        string table = Session.Run("echo", "\u001b[2Jhello [red]").Out;

        Assert.Contains("hello [red]", table, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", false)]
    public void Headers_are_bold_on_a_terminal_and_never_coloured_against_NO_COLOR(string? noColor, bool coloured)
    {
        var variables = new Dictionary<string, string> { ["TERM"] = "xterm-256color" };
        if (noColor is not null) variables["NO_COLOR"] = noColor;

        (StringWriter output, StringWriter error) = (new(), new());
        Terminal terminal = (Session with { IsTerminal = true, Variables = variables }).TerminalOver(output, error);

        Assert.Equal(coloured, terminal.OutConsole.Profile.Capabilities.ColorSystem != Spectre.Console.ColorSystem.NoColors);
    }

    [Fact]
    public void A_text_that_starts_with_an_at_sign_is_no_response_file() =>
        Assert.Equal("@/etc/hostname", Session.Run("echo", "@/etc/hostname", "--json").Json.GetProperty("text").GetString());

    [Theory]
    [InlineData("which verb?")]
    [InlineData("has no verb 'ehco'\n       Did you mean 'echo'?", "ehco")]
    [InlineData("has no verb 'xyzzy'\n       'vigie --help'", "xyzzy")]
    [InlineData("has no verb 'xyzzy'", "xyzzy", "--help")]
    [InlineData("'vigie echo' has no option '--tiems'\n       Did you mean '--times'?", "echo", "a", "--tiems=2")]
    [InlineData("'vigie echo' has no argument 'b'", "echo", "a", "b")]
    [InlineData("Required argument 'TEXT' missing", "echo")]
    [InlineData("Cannot parse argument 'two' for option '--times'", "echo", "a", "--times", "two")]
    [InlineData("'vigie group' takes one of: inner", "group")]
    [InlineData("'vigie group' has no verb 'iner'\n       Did you mean 'inner'?", "group", "iner")]
    public void Wrong_usage_says_what_would_be_right(string message, params string[] args)
    {
        CliRun run = Session.Run(args);

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("vigie: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_cannot_be_used_is_wrong_usage_even_out_of_a_parallel_loop()
    {
        CliRun run = Session.Run("blame", "--json");

        Assert.Equal(new CliRun(ExitCode.WrongUsage, "", "vigie: tweets.csv:3: expected 6 columns, found 5\n"), run);
    }

    [Fact]
    public void A_bug_is_a_failure_with_a_stack_trace_on_request_only()
    {
        CliRun plain = Session.Run("crash");
        CliRun verbose = Session.Run("crash", "--verbose");
        CliRun debug = (Session with { Variables = new Dictionary<string, string> { ["VIGIE_DEBUG"] = "1" } }).Run("crash");

        Assert.Equal((ExitCode.Failed, ""), (plain.ExitCode, plain.Out));
        Assert.StartsWith("vigie: the weights are gone\n", plain.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", plain.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", verbose.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", debug.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verb_may_end_well_and_answer_no() => Assert.Equal(new CliRun(ExitCode.Failed, "", ""), Session.Run("refuse"));

    [Fact]
    public async Task A_stopped_verb_does_not_look_finished()
    {
        using var stop = new CancellationTokenSource();
        Task<CliRun> running = (Session with { Stop = stop.Token }).RunAsync("linger");
        await stop.CancelAsync();

        Assert.Equal(new CliRun(ExitCode.Interrupted, "", "lingering\nvigie: stopped\n"), await running);
    }

    [Fact]
    public void State_is_kept_in_the_working_folder_or_in_VIGIE_HOME()
    {
        static string StateOf(CliSession session)
        {
            string folder = "";
            Func<Terminal, IEnumerable<System.CommandLine.Command>> verbs =
                terminal => [new System.CommandLine.Command("where").Does(terminal, run => { folder = run.StateFolder; })];
            Assert.Equal(ExitCode.Success, (session with { Verbs = verbs }).Run("where").ExitCode);
            return folder;
        }

        string work = Path.GetFullPath("/brand");
        Assert.Equal(Path.Combine(work, ".vigie"), StateOf(new CliSession { WorkingFolder = work }));
        Assert.Equal(
            Path.Combine(work, "state"),
            StateOf(new CliSession { WorkingFolder = work, Variables = new Dictionary<string, string> { ["VIGIE_HOME"] = "state" } }));
    }
}
