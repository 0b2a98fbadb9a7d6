namespace Vigie.Server.Tests;

/// <summary>A source that a test turns from one model to another, and breaks.</summary>
public sealed class ScriptedSource(string name) : IModelSource
{
    private readonly Dictionary<string, Func<ServedModel>> models = [];

    public string Name => name;

    /// <summary>What it names at present.</summary>
    public string Now { get; set; } = "a";

    /// <summary>What it fails with instead.</summary>
    public Exception? Failing { get; set; }

    /// <summary>Models that were loaded, in order.</summary>
    public List<string> Loads { get; } = [];

    public ScriptedSource With(string identity, ServedModel model) => With(identity, () => model);

    public ScriptedSource With(string identity, Func<ServedModel> load)
    {
        models[identity] = load;
        return this;
    }

    public Task<string> IdentifyAsync(CancellationToken cancellation) => Failing is null ? Task.FromResult(Now) : Task.FromException<string>(Failing);

    public Task<ServedModel> LoadAsync(string identity, CancellationToken cancellation)
    {
        lock (Loads) Loads.Add(identity);
        return Task.FromResult(models[identity]());
    }
}

/// <summary>Four models that give four different answers to any known text.</summary>
public static class FourModels
{
    private static readonly Lazy<ServedModel[]> Trained = new(() =>
    [
        .. Enumerable.Range(0, 4).Select(i => SmallModels.Train(600 + 300 * i) with { Digest = new string((char)('a' + i), 64), Version = $"{i + 1}", Name = "sentiment" }),
    ]);

    public static IReadOnlyList<ServedModel> All => Trained.Value;
}
