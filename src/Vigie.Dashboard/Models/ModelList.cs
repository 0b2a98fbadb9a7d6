using Vigie.Mlflow;

namespace Vigie.Dashboard.Models;

/// <summary>One registered model in the list.</summary>
/// <param name="Model">The model.</param>
/// <param name="Latest">Its newest version; null where it has none.</param>
/// <param name="Champion">Its champion, with what was measured on it; null for none.</param>
/// <param name="Crowned">How the champion came to be one; null where that is not known.</param>
internal sealed record ModelRow(RegisteredModel Model, ModelVersion? Latest, VersionFacts? Champion, ChampionChange? Crowned)
{
    /// <summary>Registered models whose name has a part, in the order of their names.</summary>
    public static async Task<(IReadOnlyList<ModelRow> Rows, bool More)> FindAsync(MlflowStore store, string? part, int most, CancellationToken cancellation)
    {
        string? filter = string.IsNullOrWhiteSpace(part) ? null : $"name ILIKE '%{part.Trim().Replace("'", "''", StringComparison.Ordinal)}%'";
        Page<RegisteredModel> page = await store.Registry.SearchAsync(new Search { Filter = filter, MaxResults = most }, cancellation);
        var rows = new List<ModelRow>(page.Items.Count);
        foreach (RegisteredModel model in page.Items)
        {
            ModelVersion? champion = await store.Registry.Promotion.ChampionAsync(model.Name, cancellation);
            IReadOnlyList<ChampionChange> last = champion is null ? [] : await store.Registry.Promotion.HistoryAsync(model.Name, 1, cancellation);
            rows.Add(new ModelRow(
                model,
                model.LatestVersions.MaxBy(version => long.Parse(version.Version, System.Globalization.CultureInfo.InvariantCulture)),
                champion is null ? null : await VersionFacts.OfAsync(store, champion, cancellation),
                last is [var change] && change.Version == champion?.Version ? change : null));
        }

        return (rows, page.NextPageToken is not null);
    }
}
