using Vigie.Dashboard.Reading;
using Vigie.Server;

namespace Vigie.Dashboard.Settings;

/// <summary>A set of scopes under a name: what people of one kind need.</summary>
internal sealed record Role(string English, string French, IReadOnlyList<Scope> Scopes)
{
    /// <summary>The usual ones.</summary>
    public static IReadOnlyList<Role> All { get; } =
    [
        new("Reader", "Lecture", [Scope.Read]),
        new("Communications", "Communication", [Scope.Read, Scope.Predict, Scope.Feedback, Scope.Alerts]),
        new("Data scientist", "Science des données", [Scope.Read, Scope.Predict, Scope.Feedback, Scope.Metrics]),
        new("Administrator", "Administration", [Scope.Admin]),
    ];
}

/// <summary>Scopes in the reader's language.</summary>
internal static class ScopeWords
{
    /// <summary>What a scope allows.</summary>
    public static string Allows(this Viewer viewer, Scope scope) => scope switch
    {
        Scope.Predict => viewer.T("ask for predictions", "demander des prédictions"),
        Scope.Feedback => viewer.T("report mistakes and send corrections", "signaler des erreurs et envoyer des corrections"),
        Scope.Erase => viewer.T("erase what is kept of a tweet or an author", "effacer ce qui est conservé d’un tweet ou d’un auteur"),
        Scope.Read => viewer.T("read how models do, runs, alerts and drift", "lire l’état des modèles, les runs, les alertes et la dérive"),
        Scope.Metrics => viewer.T("read the metrics, as Prometheus does", "lire les métriques, comme Prometheus"),
        Scope.Alerts => viewer.T("take on, silence and resolve alerts", "prendre en charge, taire et résoudre les alertes"),
        _ => viewer.T("everything, keys and rules included", "tout, clés et règles comprises"),
    };
}
