using System.CommandLine;
using Xunit.MicrosoftTestingPlatform;

namespace Vigie.Cli.Tests;

/// <summary>
/// The entry point of this assembly: xunit, or (first argument <c>as-vigie</c>) a process of <c>vigie</c> with verbs that misbehave
/// in the ways that the shell has to cope with.
/// </summary>
internal static class TestProgram
{
    public const string AsVigie = "as-vigie";

    private static async Task<int> Main(string[] args) =>
        args is [AsVigie, .. string[] rest]
            ? await Shell.RunProcessAsync(Verbs, rest)
            : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);

    public static IEnumerable<Command> Verbs(Terminal terminal)
    {
        var text = new Argument<string>("TEXT") { Description = "Any text" };
        var times = new Option<int>("--times") { Description = "How often", DefaultValueFactory = _ => 1 };
        yield return new Command("echo", "Answers with its text") { text, times }
            .WithExamples("vigie echo hello --times 2")
            .Does(terminal, run => run.Print(
                new Echo(run.Required(text), run.Required(times), Mood.VeryCalm, double.NaN),
                console => console.PrintTable(["text", "times"], [[run.Required(text), "2"]])));

        yield return new Command("read", "Answers with the length of standard input")
            .Does(terminal, run => run.Print(new { length = terminal.In.ReadToEnd().Length }, _ => { }));

        yield return new Command("refuse", "Answers no")
            .Does(terminal, run => run.ExitCode = ExitCode.Failed);

        yield return new Command("blame", "Finds the caller's data wanting, in a parallel loop")
            .Does(terminal, _ => Parallel.For(0, 4, i => throw new InvalidInputException("tweets.csv:3: expected 6 columns, found 5")));

        yield return new Command("crash", "Has a bug")
            .Does(terminal, _ => throw new InvalidOperationException("the weights are gone"));

        yield return new Command("linger", "Waits until it is stopped")
            .Does(terminal, async run =>
            {
                run.Note("lingering");
                await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, run.Stop);
            });

        yield return new Command("stubborn", "Does not notice that it should stop")
            .Does(terminal, async run =>
            {
                run.Note("lingering");
                await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, CancellationToken.None);
            });

        yield return new Command("count", "Counts to 1000, a tick of the clock each, and shows it")
            .Does(terminal, run =>
            {
                using ProgressBoard board = run.ShowProgress();
                IProgress<int> stage = board.Stage<int>("counting", i => new Amount(i, 1000, i == 500 ? "half" : null));
                for (int i = 0; i <= 1000; i++) stage.Report(i);
            });

        yield return new Command("group", "Has verbs of its own") { new Command("inner", "One of them").Does(terminal, _ => { }) };
    }

    internal enum Mood
    {
        VeryCalm,
    }

    internal sealed record Echo(string Text, int HowOften, Mood Mood, double NotDefined);
}
