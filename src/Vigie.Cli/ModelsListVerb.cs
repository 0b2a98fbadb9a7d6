using System.CommandLine;
using System.Globalization;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie models list</c>: registered models and their versions.</summary>
internal static class ModelsListVerb
{
    public static Command Create(Terminal terminal)
    {
        var only = new Argument<string?>("NAME") { Description = "Only this registered model", Arity = ArgumentArity.ZeroOrOne };
        return new Command("list", "List registered models with their versions, stages and aliases") { only }
            .WithExamples("vigie models list", "vigie models list sentiment --json")
            .Does(terminal, async run =>
            {
                await using TrackingPlace? place = await TrackingPlace.OpenIfThereAsync(run);
                IReadOnlyList<RegisteredModel> models = place is null ? [] : await place.ModelsAsync(run.Stop);
                if (run.Value(only) is { } name)
                    models = models.Any(model => model.Name == name)
                        ? [.. models.Where(model => model.Name == name)]
                        : throw new InvalidInputException($"there is no registered model '{Terminal.Printable(name)}'{(place is null ? "" : $" in {place.Address}")}; there are {(models.Count == 0 ? "none" : string.Join(", ", models.Select(model => model.Name)))}");
                var listed = new List<Listed>();
                foreach (RegisteredModel model in models)
                {
                    // Newest first, as people look for them.
                    foreach (ModelVersion version in (await place!.VersionsAsync(model.Name, run.Stop)).OrderByDescending(version => int.Parse(version.Version, CultureInfo.InvariantCulture)))
                        listed.Add(new Listed(version, [.. model.Aliases.Where(alias => alias.Version == version.Version).Select(alias => alias.Alias)]));
                }

                run.Print(
                    new { Models = models.Select(model => new { model.Name, model.Description, Versions = listed.Where(one => one.Version.Name == model.Name).Select(one => one.ToJson()).ToArray() }).ToArray() },
                    console =>
                    {
                        if (listed.Count == 0) terminal.Out.WriteLine($"no registered models{(place is null ? " yet" : $" in {place.Address}")}; 'vigie train … --register NAME' makes one");
                        else console.PrintTable(["model", "version", "aliases", "stage", "registered", "run", "from"], [.. listed.Select(one => one.Cells())]);
                    });
            });
    }

    private sealed record Listed(ModelVersion Version, IReadOnlyList<string> Aliases)
    {
        public string[] Cells() =>
        [
            Version.Name, Version.Version, string.Join(", ", Aliases.Select(alias => $"@{alias}")), Version.CurrentStage,
            DateTimeOffset.FromUnixTimeMilliseconds(Version.CreationTimestamp).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Version.RunId is { Length: > 8 } id ? id[..8] : "", Version.Source ?? "",
        ];

        public object ToJson() => new { Version.Name, Version.Version, Aliases, Stage = Version.CurrentStage, Version.RunId, Version.Source, Version.Status, Version.CreationTimestamp, Tags = Version.Tags.ToDictionary(tag => tag.Key, tag => tag.Value) };
    }
}
