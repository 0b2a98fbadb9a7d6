using Vigie.Dashboard.Reading;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Alerts;

/// <summary>Alerts in the reader's language.</summary>
internal static class AlertWords
{
    private static readonly Dictionary<string, (string English, string French)> Titles = new()
    {
        ["wrong-reports"] = ("Tweets reported wrong", "Tweets signalés comme erronés"),
        ["latency-critical"] = ("Very slow answers", "Réponses très lentes"),
        ["latency-warning"] = ("Slow answers", "Réponses lentes"),
        ["errors"] = ("Failing requests", "Requêtes en échec"),
        ["one-class"] = ("One class only", "Une seule classe"),
        ["unknown-words"] = ("Unknown words", "Mots inconnus"),
        ["drift"] = ("Drift", "Dérive"),
        ["no-traffic"] = ("No predictions", "Aucune prédiction"),
        ["champion-slower"] = ("The champion is slower", "Le champion est plus lent"),
        ["challenger-better"] = ("The challenger is better", "Le prétendant est meilleur"),
        ["channel-down"] = ("A channel is down", "Un canal est en panne"),
        ["records-behind"] = ("Records are behind", "Les enregistrements prennent du retard"),
    };

    /// <summary>What a rule is called: the built-in ones by words, others by their names.</summary>
    public static string Title(this Viewer viewer, string rule) => Titles.TryGetValue(rule, out (string English, string French) title) ? viewer.T(title.English, title.French) : rule;

    /// <summary>A severity as a word.</summary>
    public static string Word(this Viewer viewer, AlertSeverity severity) => severity switch
    {
        AlertSeverity.Critical => viewer.T("Critical", "Critique"),
        AlertSeverity.Warning => viewer.T("Warning", "Avertissement"),
        _ => viewer.T("Info", "Info"),
    };

    /// <summary>Its colour.</summary>
    public static string Tone(AlertSeverity severity) => severity switch { AlertSeverity.Critical => "critical", AlertSeverity.Warning => "warning", _ => "info" };

    /// <summary>A state as a word.</summary>
    public static string Word(this Viewer viewer, AlertState state) => state switch
    {
        AlertState.Open => viewer.T("Open", "Ouverte"),
        AlertState.Acknowledged => viewer.T("Acknowledged", "Prise en charge"),
        AlertState.Silenced => viewer.T("Silenced", "En sourdine"),
        _ => viewer.T("Resolved", "Résolue"),
    };

    /// <summary>A class as a word.</summary>
    public static string Word(this Viewer viewer, Sentiment sentiment) => sentiment switch
    {
        Sentiment.Negative => viewer.T("negative", "négatif"),
        Sentiment.Positive => viewer.T("positive", "positif"),
        _ => viewer.T("neutral", "neutre"),
    };

    /// <summary>Its colour.</summary>
    public static string Tone(Sentiment sentiment) => RuleDescription.NameOf(sentiment);

    /// <summary>A figure or limit in the unit of its signal; null where the signal is not known any more.</summary>
    public static string Figure(this Viewer viewer, AlertSignal? signal, double value) => signal switch
    {
        AlertSignal.Latency or AlertSignal.ChampionSlower => viewer.Span(TimeSpan.FromMilliseconds(value)),
        AlertSignal.Errors or AlertSignal.ClassShare or AlertSignal.UnknownWords => viewer.Percent(value),
        AlertSignal.NoTraffic => viewer.Span(TimeSpan.FromMinutes(value)),
        AlertSignal.WrongReports => viewer.Count((long)value),
        _ => viewer.Short(value),
    };

    /// <summary>What has happened, in the reader's language where the rule is still known, and whether it is; else as it was written down, in English.</summary>
    public static (string Text, bool IsTranslated) Summary(this Viewer viewer, Alert alert, AlertRule? rule)
    {
        if (viewer.Language != "fr") return (alert.Summary, true);
        string figure = viewer.Figure(rule?.Signal, alert.Figure), limit = viewer.Figure(rule?.Signal, alert.Limit), window = rule is null ? "" : viewer.Length(rule.Window);
        string? french = rule?.Signal switch
        {
            AlertSignal.WrongReports => $"{figure} tweets ont été signalés comme erronés en {window} ; la limite est {limit}",
            AlertSignal.Latency => $"{viewer.Percent(rule.Quantile, 0)} des prédictions ont pris jusqu’à {figure} sur {window} ; la limite est {limit}",
            AlertSignal.Errors => $"{figure} des requêtes ont échoué sur {window} ; la limite est {limit}",
            AlertSignal.ClassShare => $"{figure} des prédictions sur {window} sont d’une seule classe ; la limite est {limit}",
            AlertSignal.UnknownWords => $"{figure} des mots sur {window} sont inconnus du modèle ; la limite est {limit}",
            AlertSignal.NoTraffic => $"rien n’a été prédit depuis {figure} ; la limite est {limit}",
            AlertSignal.ChampionSlower => $"{viewer.Percent(rule.Quantile, 0)} des prédictions du champion ont pris jusqu’à {figure} sur {window} ; la limite est {limit}",
            _ => null,
        };
        return french is null ? (alert.Summary, false) : (french, true);
    }

    /// <summary>What somebody did, as a sentence without its subject.</summary>
    public static string Deed(this Viewer viewer, AlertDeed deed) => deed.Action switch
    {
        AlertVerb.Acknowledge => viewer.T("took it on", "l’a prise en charge"),
        AlertVerb.Silence => viewer.T($"silenced it until {viewer.Moment(deed.Until!.Value)}", $"l’a mise en sourdine jusqu’au {viewer.Moment(deed.Until!.Value)}"),
        AlertVerb.Resolve => viewer.T("resolved it", "l’a résolue"),
        _ => viewer.T("noted", "a noté"),
    };

    /// <summary>What became of a message.</summary>
    public static string Message(this Viewer viewer, AlertMessage message)
    {
        string why = message.Kind switch
        {
            NoticeKind.Opened => viewer.T("Its beginning", "Son début"),
            NoticeKind.Repeated => viewer.T("That it goes on", "Qu’elle dure"),
            NoticeKind.Escalated => viewer.T("That nobody takes it on", "Que personne ne la prend en charge"),
            _ => viewer.T("Its end", "Sa fin"),
        };
        return message switch
        {
            { DoneAt: null, Failure: null } => viewer.T($"{why} waits to be told by {message.Channel}", $"{why} : message en attente pour {message.Channel}"),
            { DoneAt: null } => viewer.T($"{why} could not be told by {message.Channel} yet: {message.Failure}", $"{why} : pas encore parti par {message.Channel} : {message.Failure}"),
            { Failure: null } => viewer.T($"{why} was told by {message.Channel}", $"{why} : annoncé par {message.Channel}"),
            _ => viewer.T($"{why} could not be told by {message.Channel}: {message.Failure}", $"{why} : n’a pas pu partir par {message.Channel} : {message.Failure}"),
        };
    }
}
