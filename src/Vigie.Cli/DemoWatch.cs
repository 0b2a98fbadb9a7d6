using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Vigie.Client;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>What became of three wrong answers that were reported.</summary>
/// <param name="Tweets">Tweets that were asked about.</param>
/// <param name="Wrong">How many of them the model has wrong, by their labels.</param>
/// <param name="Alert">The alert that was raised, as GET /alerts has it.</param>
/// <param name="Milliseconds">From the third report to the alert.</param>
internal sealed record WatchedStream(int Tweets, int Wrong, JsonElement Alert, double Milliseconds);

/// <summary>The part of the demo after training: tweets come in, people report what the model has wrong, and an alert is raised.</summary>
internal static class DemoWatch
{
    private const int Most = 1_000, OneByOne = 50, Reports = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Serves the model for a moment, sends the tweets and reports three that it has wrong.</summary>
    /// <param name="run">The run.</param>
    /// <param name="serving">How to serve.</param>
    /// <param name="tweets">Labelled ones that the model was not trained on.</param>
    /// <returns>Null where the model has fewer than three of them wrong.</returns>
    /// <exception cref="IOException">No alert came.</exception>
    public static async Task<WatchedStream?> RunAsync(VerbRun run, ServerOptions serving, TweetSet tweets)
    {
        await using var sources = ModelSources.Of(serving.Models, run.Clock, run.Terminal.Variable);
        await using WebApplication app = VigieServer.Create(serving with { Url = "http://127.0.0.1:0" }, sources);
        Uri address = await app.ListenAsync(run.Stop);
        try
        {
            using var client = new VigieClient(new VigieClientOptions { Address = address, Clock = run.Clock });
            int count = Math.Min(Most, tweets.Count);
            var wrong = new List<(string Id, Client.Sentiment Right)>();
            int at = 0;
            // Some come by themselves, as live ones do: those have latencies that mean something.
            foreach (string text in tweets.Texts.Take(Math.Min(OneByOne, count))) Judge(await client.PredictAsync(text, cancellation: run.Stop));
            await foreach (Client.Prediction answer in client.PredictAsync(tweets.Texts.Take(count).Skip(OneByOne).Select(text => new Client.Tweet(text)), cancellation: run.Stop)) Judge(answer);
            void Judge(Client.Prediction answer)
            {
                var right = Enum.Parse<Client.Sentiment>(tweets.Labels[at++].ToString());
                if (answer.Label != right) wrong.Add((answer.PredictionId, right));
            }

            if (wrong.Count < Reports) return null;
            long reported = 0;
            foreach ((string id, Client.Sentiment right) in wrong.Take(Reports))
            {
                await client.CorrectAsync(id, right, reporter: "demo", cancellation: run.Stop);
                reported = run.Clock.GetTimestamp();
            }

            return await AlertAsync(run, address, wrong[Reports - 1].Id, reported) is { } alert ? new WatchedStream(count, wrong.Count, alert.Alert, alert.After.TotalMilliseconds) : throw new IOException($"three wrong answers were reported, and no alert came within {LongestWait.TotalSeconds:0} s");
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<(JsonElement Alert, TimeSpan After)?> AlertAsync(VerbRun run, Uri address, string last, long reported)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (run.Clock.GetElapsedTime(reported) < LongestWait)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("alerts?limit=10", UriKind.Relative), run.Stop);
            if (answer.IsSuccessStatusCode)
            {
                TimeSpan after = run.Clock.GetElapsedTime(reported);
                JsonElement alerts = (await answer.Content.ReadFromJsonAsync<JsonElement>(run.Stop)).GetProperty("alerts");
                // An alert of an earlier demo goes on for half an hour, and counts these reports too.
                JsonElement found = alerts.EnumerateArray().FirstOrDefault(alert => alert.GetProperty("tweets").EnumerateArray().Any(tweet => tweet.GetProperty("prediction_id").GetString() == last));
                if (found.ValueKind is JsonValueKind.Object) return (found, after);
            }

            await Task.Delay(Pause, run.Clock, run.Stop);
        }

        return null;
    }
}
