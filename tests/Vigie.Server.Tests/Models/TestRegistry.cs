using Vigie.Bundles;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Models;

namespace Vigie.Server.Tests;

/// <summary>A state folder with a real registry in it: SQLite, artifacts, a signing key.</summary>
public sealed class TestRegistry : IAsyncDisposable
{
    public const string Name = "sentiment";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-duty-");

    private TestRegistry()
    {
    }

    public MlflowStore Store { get; private set; } = null!;

    /// <summary>The state folder.</summary>
    public string State => Path.Combine(folder.FullName, "state");

    /// <summary>A folder for another machine's state.</summary>
    public string Elsewhere => Path.Combine(folder.FullName, "elsewhere");

    public static async Task<TestRegistry> CreateAsync()
    {
        var registry = new TestRegistry();
        Directory.CreateDirectory(registry.State);
        registry.Store = await MlflowStore.OpenAsync(Path.Combine(registry.State, "vigie.db"), new FolderArtifactStore(Path.Combine(registry.State, "artifacts")), TimeProvider.System);
        await registry.Store.Registry.CreateAsync(Name);
        return registry;
    }

    /// <summary>Saves, signs and registers a model.</summary>
    /// <returns>The bundle's digest.</returns>
    public async Task<string> AddAsync(TextClassifier classifier, int number, string name = Name)
    {
        string bundle = Path.Combine(folder.FullName, $"bundle-{name}-{number}");
        string digest = Bundle.Save(bundle, classifier, SmallModels.TwoClasses.Info with { Name = $"model {number}", Seed = number });
        using var key = SigningKey.LoadOrCreate(TrustedKeys.OwnKeyIn(State));
        (_, string manifest) = await ModelManifest.SignAsync(bundle, key, TimeProvider.System);
        await using StoreRunLog run = await StoreRunLog.StartAsync(Store);
        LoggedModel model = await run.LogModelAsync(bundle, "m");
        await run.FinishAsync();
        await Store.Registry.CreateVersionAsync(name, $"models:/{model.Info.ModelId}", run.Info.RunId, tags: [new Tag(ModelManifest.DigestTag, manifest)], modelId: model.Info.ModelId);
        return digest;
    }

    public Task PromoteAsync(int version) => Store.Registry.Promotion.PromoteAsync(Name, $"{version}");

    /// <summary>The one file of a version's artifacts that ends like this.</summary>
    public async Task<string> FileOfAsync(int version, string file)
    {
        await using var registry = new StoreRegistry("here", Store, (FolderArtifactStore)Store.Artifacts);
        return Path.Combine(await registry.LocateAsync(await Store.Registry.GetVersionAsync(Name, $"{version}"), default), file);
    }

    public ModelOptions Options => new() { Model = $"models:/{Name}@champion", State = State, Poll = TimeSpan.FromMilliseconds(10) };

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
