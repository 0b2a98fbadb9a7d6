using System.Data.Common;
using Vigie.Monitoring;

namespace Vigie.Server;

/// <summary>Puts the texts to the tweets that alerts are about, and the words that those share.</summary>
/// <param name="connect">Connects to the records.</param>
/// <param name="host">Has the model by whose words tweets are compared.</param>
internal sealed class AlertTweets(Func<DbConnection> connect, ModelHost host)
{
    /// <summary>The alerts with what can be read of their tweets now; without, where the records cannot be read.</summary>
    public IReadOnlyList<Alert> WithTexts(IReadOnlyList<Alert> alerts)
    {
        if (alerts.All(alert => alert.Tweets.Count == 0)) return alerts;
        try
        {
            using DbConnection connection = connect();
            var records = new KeptRecords(connection);
            return [.. alerts.Select(alert => WithTexts(alert, records))];
        }
        catch (DbException)
        {
            return alerts; // an alert that comes without texts is better than one that does not come
        }
    }

    private Alert WithTexts(Alert alert, KeptRecords records)
    {
        AlertTweet[] tweets = [.. alert.Tweets.Select(tweet => tweet with { Text = TextOf(tweet, records) })];
        string[] texts = [.. tweets.Select(tweet => tweet.Text).OfType<string>()];
        IReadOnlyList<string> words = host.DutyIfReady?.Champion is { } model ? SharedWords.Of(texts, model.Classifier.Model.Text, model.Info.Profile) : [];
        return alert with { Tweets = tweets, Words = words };
    }

    private static string? TextOf(AlertTweet tweet, KeptRecords records) =>
        (tweet.PredictionId is { } prediction ? records.TextOfPrediction(prediction) : null) ?? (tweet.FeedbackId is { } correction ? records.TextOfCorrection(correction) : null);
}
