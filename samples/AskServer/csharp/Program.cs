using Vigie.Client;

// Asks a server for predictions, and corrects one:
//   vigie serve --model out/m
//   dotnet run --project samples/AskServer/csharp
// VIGIE_URL names another server, VIGIE_API_KEY holds a key where it wants one.
var options = new VigieClientOptions
{
    Address = new Uri(Environment.GetEnvironmentVariable("VIGIE_URL") ?? "http://127.0.0.1:5199"),
    Key = Environment.GetEnvironmentVariable("VIGIE_API_KEY") is { Length: > 0 } key ? key : null,
};
using var client = new VigieClient(options);
try
{
    Prediction one = await client.PredictAsync("Three hours late and nobody tells us anything");
    Console.WriteLine($"{one.Label} with {one.Confidence:P0}, says {one.Model!.Name}");

    string[] texts = ["Lovely crew, thank you", "Lost my bag again"];
    await foreach (Prediction each in client.PredictAsync(texts.Select(text => new Tweet(text))))
        Console.WriteLine($"{each.Label} {each.ProbabilityPositive:0.00}");

    Correction correction = await client.CorrectAsync(one.PredictionId, Sentiment.Negative, reporter: "me", comment: "a sample");
    Console.WriteLine($"corrected: {correction.FeedbackId}");
    return 0;
}
catch (Exception failure) when (failure is VigieProblemException or HttpRequestException)
{
    Console.Error.WriteLine($"{options.Address}: {failure.Message}");
    return 1;
}
