using Vigie.Server;

namespace Vigie.Dashboard.Layout;

/// <summary>A page as the navigation shows it.</summary>
/// <param name="Path">Below the server's root.</param>
/// <param name="Icon">Its icon.</param>
/// <param name="English">What it is called.</param>
/// <param name="French">And in French.</param>
/// <param name="Scope">What it needs.</param>
internal sealed record PageEntry(string Path, string Icon, string English, string French, Scope Scope);

/// <summary>Pages for the same people.</summary>
internal sealed record PageGroup(string English, string French, IReadOnlyList<PageEntry> Pages);

/// <summary>All pages, in the navigation's order.</summary>
internal static class PageMap
{
    public static IReadOnlyList<PageGroup> Groups { get; } =
    [
        new("Watch", "Veille",
        [
            new("", "overview", "Overview", "Vue d’ensemble", Scope.Read),
            new("ui/try", "try", "Try", "Essayer", Scope.Predict),
            new("ui/alerts", "alerts", "Alerts", "Alertes", Scope.Read),
            new("ui/review", "review", "Review", "Relecture", Scope.Feedback),
            new("ui/drift", "drift", "Drift", "Dérive", Scope.Read),
        ]),
        new("Models", "Modèles",
        [
            new("ui/experiments", "experiments", "Experiments", "Expériences", Scope.Read),
            new("ui/models", "models", "Models", "Modèles", Scope.Read),
            new("ui/embeddings", "embeddings", "Embeddings", "Plongements", Scope.Read),
            new("ui/data", "data", "Data", "Données", Scope.Read),
        ]),
        new("Server", "Serveur", [new("ui/settings", "settings", "Settings", "Réglages", Scope.Read)]),
    ];
}
