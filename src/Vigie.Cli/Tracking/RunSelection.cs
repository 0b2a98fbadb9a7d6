using System.CommandLine;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary>Which runs a verb means: by experiment and by MLflow's search syntax, or one by the first digits of its id.</summary>
internal sealed class RunSelection
{
    private const int Page = 1000;

    private readonly Option<string[]> experiment = new("--experiment") { Description = "Only runs of this experiment; may be given several times", HelpName = "NAME" };
    private readonly Option<string?> filter = new("--filter") { Description = "Only runs that MLflow's search syntax describes", HelpName = "FILTER" };
    private readonly Option<string[]> orderBy = new("--order-by") { Description = "Order, such as 'metrics.f1_macro DESC'; may be given several times; without it, the newest first", HelpName = "KEY" };

    public void AddTo(Command command)
    {
        command.Options.Add(experiment);
        command.Options.Add(filter);
        command.Options.Add(orderBy);
    }

    /// <summary>The runs asked for, at most so many.</summary>
    public async Task<IReadOnlyList<TrackedRow>> FindAsync(VerbRun run, TrackingPlace? place, int most)
    {
        string[] wanted = run.Value(experiment) ?? [];
        if (place is null)
            return wanted is [] ? [] : throw new InvalidInputException($"--experiment {Terminal.Printable(wanted[0])}: there is no such experiment; there are no runs yet, and every 'vigie train' makes one");
        IReadOnlyList<Experiment> all = await place.ExperimentsAsync(run.Stop);
        foreach (string name in wanted)
        {
            if (all.All(one => one.Name != name))
                throw new InvalidInputException($"--experiment {Terminal.Printable(name)}: there is no such experiment in {place.Address}; there are {string.Join(", ", all.Select(one => one.Name))}");
        }

        Dictionary<string, string> names = all.Where(one => wanted.Length == 0 || wanted.Contains(one.Name)).ToDictionary(one => one.ExperimentId, one => one.Name);
        var rows = new List<TrackedRow>();
        var search = new Search { Filter = run.Value(filter), OrderBy = run.Value(orderBy) ?? [], MaxResults = Math.Min(most, Page) };
        do
        {
            Page<Run> page = await place.SearchRunsAsync([.. names.Keys], search, run.Stop);
            rows.AddRange(page.Items.Select(item => new TrackedRow(names[item.Info.ExperimentId], item)));
            search = search with { PageToken = page.NextPageToken, MaxResults = Math.Min(most - rows.Count, Page) };
        }
        while (search.PageToken is not null && rows.Count < most);
        return rows;
    }

    /// <summary>The run whose id is or begins with the text.</summary>
    /// <exception cref="InvalidInputException">There is none, or more than one.</exception>
    public static async Task<Run> OneAsync(VerbRun run, TrackingPlace place, string id)
    {
        const int whole = 32, least = 4;
        if (id.Length == whole) return await place.RunAsync(id, run.Stop);
        if (id.Length < least || !id.All(char.IsAsciiHexDigit)) throw new InvalidInputException($"'{Terminal.Printable(id)}' is no run; give its id, or the first {least} digits or more of it");
        IReadOnlyList<Experiment> all = await place.ExperimentsAsync(run.Stop);
        Page<Run> found = await place.SearchRunsAsync([.. all.Select(one => one.ExperimentId)], new Search { Filter = $"attributes.run_id LIKE '{id.ToLowerInvariant()}%'", MaxResults = 3 }, run.Stop);
        return found.Items.Count switch
        {
            1 => found.Items[0],
            0 => throw new InvalidInputException($"{id}: no run of {place.Address} begins with that"),
            _ => throw new InvalidInputException($"{id}: several runs begin with that; give more digits"),
        };
    }
}

/// <summary>A run and the name of its experiment.</summary>
internal sealed record TrackedRow(string Experiment, Run Run)
{
    public string Id => Run.Info.RunId;

    public double? Metric(string key) => Run.Data.Metrics.FirstOrDefault(metric => metric.Key == key)?.Value;

    public string? Param(string key) => Run.Data.Params.FirstOrDefault(param => param.Key == key)?.Value;

    public string? Tag(string key) => Run.Data.Tags.FirstOrDefault(tag => tag.Key == key)?.Value;

    /// <summary>As all verbs print a run with <c>--json</c>.</summary>
    public object ToJson() => new
    {
        Run.Info.RunId,
        Run.Info.RunName,
        Run.Info.ExperimentId,
        Experiment,
        Run.Info.Status,
        Run.Info.StartTime,
        Run.Info.EndTime,
        Run.Info.ArtifactUri,
        Params = Run.Data.Params.ToDictionary(param => param.Key, param => param.Value),
        Metrics = Run.Data.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value),
        Tags = Run.Data.Tags.ToDictionary(tag => tag.Key, tag => tag.Value),
        Datasets = Run.Inputs?.DatasetInputs.Select(input => input.Dataset).ToArray() ?? [],
        Models = Run.Outputs?.ModelOutputs.Select(output => output.ModelId).ToArray() ?? [],
    };
}
