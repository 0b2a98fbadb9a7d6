using System.CommandLine;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie models gate</c>: the rule that a version has to pass on its way from Staging to Production.</summary>
internal static class ModelsGateVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> name = ModelsVerb.Name();
        var version = new Argument<string?>("VERSION") { Description = "Apply the rule to this version", Arity = ArgumentArity.ZeroOrOne };
        var rule = new Option<string?>("--rule") { Description = "Set the rule: comparisons of the run's metrics with numbers and with the champion's metrics, joined by and, or, not", HelpName = "RULE" };
        var remove = new Option<bool>("--remove") { Description = "Take the rule away" };
        return new Command("gate", "Show or set the rule for becoming champion, or apply it to a version; exit code 1 where a version does not pass") { name, version, rule, remove }
            .WithExamples(
                "vigie models gate sentiment --rule \"f1 > 0.790 and f1 > champion.f1\"",
                "vigie models gate sentiment 4",
                "vigie models gate sentiment --json")
            .Does(terminal, async run =>
            {
                await using StorePlace place = await TrackingPlace.OpenStoreAsync(run, "vigie models gate");
                Gate gate = place.Store.Registry.Gate;
                string model = run.Required(name);
                if (run.Value(remove) && (run.Value(rule) ?? run.Value(version)) is not null) throw new InvalidInputException("--remove goes with neither --rule nor a VERSION");
                if (run.Value(remove)) await gate.RemoveAsync(model, run.Stop);
                if (run.Value(rule) is { } text) await gate.SetAsync(model, text, Environment.UserName, run.Stop);
                if (run.Value(version) is { } number)
                {
                    GateDecision decision = await gate.EvaluateAsync(model, ModelsVerb.VersionOf(number), run.Stop);
                    if (!decision.Passed) run.ExitCode = ExitCode.Failed;
                    run.Print(decision, _ => Show(terminal, decision));
                    return;
                }

                GateRule? current = await gate.GetAsync(model, run.Stop);
                IReadOnlyList<GateDecision> decisions = await gate.DecisionsAsync(model, cancellation: run.Stop);
                run.Print(new { Name = model, Rule = current?.ToString(), Decisions = decisions }, _ =>
                {
                    terminal.Out.WriteLine(current is null ? $"{Terminal.Printable(model)} has no rule: nothing is promoted by itself" : $"{Terminal.Printable(model)}: {Terminal.Printable(current.ToString()!)}");
                    foreach (GateDecision decision in decisions) Show(terminal, decision);
                });
            });
    }

    private static void Show(Terminal terminal, GateDecision decision)
    {
        terminal.Out.WriteLine($"{DateTimeOffset.FromUnixTimeMilliseconds(decision.DecidedAt):yyyy-MM-dd HH:mm}  version {decision.Version}{(decision.Promoted ? " (now champion)" : "")} {Terminal.Printable(decision.Reason)}");
        foreach (GateComparison comparison in decision.Comparisons) terminal.Out.WriteLine($"    {Terminal.Printable(comparison.ToString())}");
    }
}
