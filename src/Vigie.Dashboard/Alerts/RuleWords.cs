using Vigie.Dashboard.Reading;
using Vigie.Server;

namespace Vigie.Dashboard.Alerts;

/// <summary>Rules in the reader's language.</summary>
internal static class RuleWords
{
    /// <summary>A length of time as people say it.</summary>
    public static string Length(this Viewer viewer, TimeSpan time)
    {
        if (viewer.Language != "fr") return RuleDescription.Time(time);
        (double count, string unit) = time switch
        {
            { Ticks: < TimeSpan.TicksPerMinute * 2 } => (time.TotalSeconds, "seconde"),
            { Ticks: < TimeSpan.TicksPerHour * 2 } => (time.TotalMinutes, "minute"),
            { Ticks: < TimeSpan.TicksPerDay * 2 } => (time.TotalHours, "heure"),
            _ => (time.TotalDays, "jour"),
        };
        return $"{count.ToString("0.#", viewer.Culture)} {unit}{(count >= 2 ? "s" : "")}";
    }

    /// <summary>What raises a rule's alerts, as a sentence.</summary>
    public static string When(this Viewer viewer, AlertRule rule)
    {
        if (viewer.Language != "fr") return English(rule);
        string window = viewer.Length(rule.Window), limit = viewer.Figure(rule.Signal is AlertSignal.ChampionSlower ? AlertSignal.Errors : rule.Signal, rule.Above), quantile = viewer.Percent(rule.Quantile, 0);
        string condition = rule.Signal switch
        {
            AlertSignal.WrongReports => $"{viewer.Count(rule.Count)} tweets sont signalés comme erronés {(rule.Reports is ReportOrder.InARow ? "à la suite " : "")}en {window}",
            AlertSignal.Latency => $"{quantile} des prédictions prennent jusqu’à plus de {limit} sur {window}",
            AlertSignal.Errors => $"Plus de {limit} des requêtes échouent sur {window}",
            AlertSignal.ClassShare => $"Plus de {limit} des prédictions sont {(rule.Class is { } named ? $"de la classe {viewer.Word(named)}" : "d’une seule classe")} sur {window}",
            AlertSignal.UnknownWords => $"Plus de {limit} des mots sont inconnus sur {window}",
            AlertSignal.Drift => "Un signal du moniteur de dérive est en alarme",
            AlertSignal.NoTraffic => $"Rien n’a été prédit pendant {window}, après {viewer.Count(rule.AtLeast)} prédictions ou plus dans {viewer.Length(rule.Before)} avant",
            AlertSignal.ChampionSlower => $"Le quantile {quantile} du champion dépasse de plus de {limit} celui du prétendant sur {window}",
            AlertSignal.ChallengerBetter => $"Les corrections prouvent que le prétendant est meilleur (au seuil de {viewer.Percent(rule.Level)})",
            _ => rule.Condition switch
            {
                "channel_down" => "Un canal d’alerte est en panne",
                "records_behind" => "Les enregistrements prennent du retard",
                _ => $"Le serveur signale {rule.Condition}",
            },
        };
        string counted = rule.AtLeast > 0 && rule.Signal is not AlertSignal.NoTraffic ? $" (au moins {viewer.Count(rule.AtLeast)} événements)" : "";
        return condition + counted + (rule.For > TimeSpan.Zero ? $", pendant {viewer.Length(rule.For)}" : "");
    }

    private static string English(AlertRule rule)
    {
        string when = RuleDescription.Of(rule).When;
        when = rule.Condition switch
        {
            "channel_down" => when.Replace("the server says channel_down", "an alert channel takes no messages", StringComparison.Ordinal),
            "records_behind" => when.Replace("the server says records_behind", "predictions and corrections are not written", StringComparison.Ordinal),
            _ => when,
        };
        return char.ToUpperInvariant(when[0]) + when[1..];
    }

    /// <summary>Where a rule's alerts are told.</summary>
    public static string ToldOn(this Viewer viewer, AlertRule rule) => rule.Channels.Count == 0 ? viewer.T("every channel", "tous les canaux") : string.Join(", ", rule.Channels);
}
