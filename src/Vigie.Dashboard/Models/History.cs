using Vigie.Dashboard.Reading;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Models;

/// <summary>Changes of the champion in words.</summary>
internal static class History
{
    /// <summary>Who did it.</summary>
    public static string Who(ChampionChange change, Viewer viewer) => change.ChangedBy is { Length: > 0 } by ? viewer.T($"by {by}", $"par {by}")
        : change.Kind == ChampionChangeKind.Gate ? viewer.T("by the gate", "par le sas")
        : "";

    /// <summary>What happened.</summary>
    public static string What(ChampionChange change, Viewer viewer) => change switch
    {
        { Kind: ChampionChangeKind.RolledBack } => viewer.T($"back to version {change.Version}", $"retour à la version {change.Version}"),
        { Kind: ChampionChangeKind.Deleted } => viewer.T($"version {change.PreviousVersion} was deleted: no champion", $"version {change.PreviousVersion} supprimée : plus de champion"),
        { Version: null } => viewer.T("the alias was taken away: no champion", "alias retiré : plus de champion"),
        { Kind: ChampionChangeKind.Alias } => viewer.T($"version {change.Version}, by moving the alias", $"version {change.Version}, en déplaçant l’alias"),
        { Kind: ChampionChangeKind.Gate } => viewer.T($"version {change.Version} passed the gate", $"version {change.Version} a passé le sas"),
        _ => viewer.T($"version {change.Version} was promoted", $"version {change.Version} promue"),
    };
}
