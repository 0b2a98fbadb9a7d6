using System.Text.Json;
using Vigie.Client;

namespace Vigie.Cli;

/// <summary>A model that a server answers for, whose lines look as those of a local one.</summary>
internal sealed class RemoteModel : IDisposable
{
    /// <summary>Holds the API key: a command line can be read by every user of the machine.</summary>
    public const string KeyVariable = "VIGIE_API_KEY";

    private readonly VigieClient client;
    private readonly string address;
    private readonly string? model;

    private RemoteModel(VigieClient client, string address, string? model) => (this.client, this.address, this.model) = (client, address, model);

    /// <exception cref="InvalidInputException">The address is none.</exception>
    public static RemoteModel Of(VerbRun run, string address, string? model)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url)) throw new InvalidInputException($"--url {Terminal.Printable(address)}: expected http://HOST:PORT or https://HOST");
        string? key = run.Terminal.Variable(KeyVariable) is { Length: > 0 } given ? given : null;
        try
        {
            return new RemoteModel(new VigieClient(new VigieClientOptions { Address = url, Key = key, Clock = run.Clock, BatchSize = 5_000 }), address, model);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException($"--url {Terminal.Printable(address)}{(key is null ? "" : $" with {KeyVariable}")}: {wrong.Message}", wrong);
        }
    }

    /// <summary>One line of JSON for each row.</summary>
    /// <exception cref="InvalidInputException">The server refused the rows, or the caller.</exception>
    /// <exception cref="IOException">The server cannot be reached, or failed.</exception>
    public async Task<string[]> AnswerAsync(IReadOnlyList<(string Id, string Text)> rows, CancellationToken cancellation)
    {
        var lines = new List<string>(rows.Count);
        try
        {
            // Rows are numbered on the way: an identifier of a file may be longer than the server takes.
            await foreach (Prediction prediction in client.PredictAsync(rows.Select(row => new Tweet(row.Text)), model, cancellation))
                lines.Add(JsonSerializer.Serialize(Line(rows[lines.Count].Id, prediction), JsonText.OneLine));
            return [.. lines];
        }
        catch (VigieProblemException refused)
        {
            string message = $"{Terminal.Printable(address)}: {refused.Message}{(refused.Status == System.Net.HttpStatusCode.Unauthorized ? $"; put a key into {KeyVariable}" : "")}";
            throw (int)refused.Status < 500 ? new InvalidInputException(message, refused) : new IOException(message, refused);
        }
        catch (HttpRequestException away)
        {
            bool reached = away.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError);
            string message = reached ? away.Message : $"cannot be reached: {away.Message}; is a server running there? 'vigie serve' starts one";
            throw new IOException($"{Terminal.Printable(address)}: {message}", away);
        }
    }

    public void Dispose() => client.Dispose();

    private static PredictVerb.Answer Line(string id, Prediction prediction)
    {
        var probabilities = new Dictionary<string, double>();
        if (prediction.Probabilities.Negative is { } negative) probabilities["negative"] = negative;
        if (prediction.Probabilities.Neutral is { } neutral) probabilities["neutral"] = neutral;
        if (prediction.Probabilities.Positive is { } positive) probabilities["positive"] = positive;
        return new PredictVerb.Answer(id, prediction.Label.ToString().ToLowerInvariant(), prediction.ProbabilityPositive, probabilities, prediction.Unknown);
    }
}
