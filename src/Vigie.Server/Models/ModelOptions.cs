using System.Globalization;

namespace Vigie.Server;

/// <summary>Which models are served, and how closely their sources are watched. MODEL stands for a bundle's folder, <c>models:/NAME@ALIAS</c> or <c>models:/NAME/VERSION</c>.</summary>
public sealed record ModelOptions
{
    /// <summary>Longest name of a model beside the champion.</summary>
    private const int LongestName = 64;

    /// <summary>The MODEL that answers unless another is asked for: the champion. Null where a program brings its own.</summary>
    public string? Model { get; init; }

    /// <summary>Where <c>models:/</c> is looked up: a tracking server's address (<c>http://…</c>), <c>sqlite:///FILE</c> or <c>postgresql://USER@HOST/NAME</c>; null for the database in <see cref="State"/>.</summary>
    public string? Tracking { get; init; }

    /// <summary>The folder of the local database, the keys that are trusted, and the copies of models from a tracking server.</summary>
    public string State { get; init; } = ".vigie";

    /// <summary>How often each source is asked which model it is now; 10 ms to 1 hour.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Models that went off duty and stay in memory, so that a rollback takes one poll; 0 to 20.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Models beside the champion that callers may ask for, <c>?model=NAME</c>: from name to MODEL. Names are letters, digits, dots, hyphens and underscores.</summary>
    public IReadOnlyDictionary<string, string> Others { get; init; } = new Dictionary<string, string>();

    /// <summary>The MODEL under trial beside the champion; null for none. Where it is an alias that points nowhere, there is no trial until it does.</summary>
    public string? Challenger { get; init; }

    /// <summary>Share of the traffic that the challenger answers, 0 to 0.99; with 0 it is a shadow: asked about every tweet, it answers none.</summary>
    public double ChallengerShare { get; init; }

    /// <summary>The chance of declaring a winner of a trial between equals, above 0 and below 0.5.</summary>
    public double TrialLevel { get; init; } = 0.05;

    /// <summary>Threads that run a network at the same time, for single predictions, batches, explanations and a shadow alike; 0 for half of the processors, at least 1. At most 64.</summary>
    public int NetworkWorkers { get; init; }

    /// <summary>Most requests that wait for a network, batches and explanations under way among them, before further ones are turned away with 503; 1 to 100,000.</summary>
    public int NetworkQueue { get; init; } = 1_024;

    /// <summary>Without <see cref="Tracking"/>, whose address may hold a password.</summary>
    public override string ToString() => $"models {Model ?? "of the program"}";

    internal int Workers => NetworkWorkers > 0 ? NetworkWorkers : Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or names no model.</exception>
    internal void Check()
    {
        if (Poll < TimeSpan.FromMilliseconds(10) || Poll > TimeSpan.FromHours(1)) throw new InvalidInputException($"models.poll is {Duration.Format(Poll)}; expected 10 ms to 1 hour");
        if (Keep is < 0 or > 20) throw Wrong("keep", Keep, "0 to 20");
        if (ChallengerShare is not (>= 0 and <= 0.99)) throw Wrong("challenger_share", ChallengerShare, "0 to 0.99");
        if (ChallengerShare > 0 && Challenger is null) throw new InvalidInputException("models.challenger_share is set and models.challenger is not: name the model under trial");
        if (TrialLevel is not (> 0 and < 0.5)) throw Wrong("trial_level", TrialLevel, "a probability above 0 and below 0.5");
        if (NetworkWorkers is < 0 or > 64) throw Wrong("network_workers", NetworkWorkers, "0 to 64");
        if (NetworkQueue is < 1 or > 100_000) throw Wrong("network_queue", NetworkQueue, "1 to 100,000");
        if (string.IsNullOrWhiteSpace(State)) throw new InvalidInputException("models.state is empty; it names the folder of the local database and of keys");
        CheckModel("model", Model);
        CheckModel("challenger", Challenger);
        foreach ((string name, string model) in Others)
        {
            if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
                throw new InvalidInputException($"models.others has the name '{name}'; expected 1 to {LongestName} letters, digits, dots, hyphens and underscores");
            if (name == Challenge.CallersName) throw new InvalidInputException($"models.others has the name '{name}', which stands for models.challenger");
            CheckModel($"others.{name}", model);
        }
    }

    private static void CheckModel(string setting, string? model)
    {
        if (model is null) return;
        if (model.Length == 0 || model.Contains('\0', StringComparison.Ordinal)) throw new InvalidInputException($"models.{setting} is '{model}'; expected a folder, models:/NAME@ALIAS or models:/NAME/VERSION");
        if (ModelAddress.Is(model)) ModelAddress.Parse(model);
    }

    private static InvalidInputException Wrong(string setting, IFormattable value, string expected) =>
        new($"models.{setting} is {value.ToString(null, CultureInfo.InvariantCulture)}; expected {expected}");
}
