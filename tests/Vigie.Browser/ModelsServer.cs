using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Dashboard;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Models;
using Vigie.Server;
using Vigie.Server.Tests;
using Vigie.Tweets;

namespace Vigie.Browser;

/// <summary>A server with a registry of its own: two versions of a model, trained on the same file, the first of them champion and on duty.</summary>
public sealed class ModelsServer : IAsyncLifetime
{
    public const string Name = "sentiment";

    private static readonly Lazy<ServedModel> Weak = new(() => SmallModels.Train(240));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-models-");
    private readonly List<(WebApplication App, ModelSources Sources)> running = [];

    /// <summary>The stronger model, and the weaker.</summary>
    public static (TextClassifier Strong, TextClassifier Weaker) Models => (SmallModels.TwoClasses.Classifier, Weak.Value.Classifier);

    public MlflowStore Store { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>The file that both were trained on, as their runs say.</summary>
    public string Data => Path.Combine(folder.FullName, "tweets.csv");

    public ModelRegistry Registry => Store.Registry;

    private string State => Path.Combine(folder.FullName, "state");

    public Uri At(string path) => new(Address, path);

    public static async Task<ModelsServer> StartAsync()
    {
        var server = new ModelsServer();
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(State);
        using (TweetWriter writer = TweetWriter.Create(Data, TweetColumns.Id | TweetColumns.Label | TweetColumns.CreatedAt | TweetColumns.Author))
        {
            foreach (Tweet tweet in CorpusGenerator.Generate(new CorpusOptions { Rows = 900, Seed = 7 })) writer.Write(tweet);
            writer.Complete();
        }

        Store = await MlflowStore.OpenAsync(Path.Combine(State, "vigie.db"), new FolderArtifactStore(Path.Combine(State, "artifacts")), TimeProvider.System);
        await Registry.CreateAsync(Name);
        await AddAsync(Models.Weaker, ("f1_macro", 0.70), ("accuracy", 0.71));
        await AddAsync(Models.Strong, ("f1_macro", 0.80), ("accuracy", 0.81));
        await Registry.Promotion.PromoteAsync(Name, "1", "the first there was", "ana");
        Address = await ServeAsync(new AccessOptions());
    }

    /// <summary>Serves the same models once more.</summary>
    public async Task<Uri> ServeAsync(AccessOptions access)
    {
        var models = new ModelOptions { Model = $"models:/{Name}@champion", State = State, Poll = TimeSpan.FromMilliseconds(50) };
        var sources = ModelSources.Of(models, TimeProvider.System);
        WebApplication app = VigieServer.Create(new ServerOptions { Url = "http://127.0.0.1:0", Models = models, Access = access, RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 } }, sources, VigieDashboard.Part);
        running.Add((app, sources));
        return await app.ListenAsync();
    }

    /// <summary>Registers a version of the model, made by a run that read <see cref="Data"/>.</summary>
    public async Task AddAsync(TextClassifier classifier, params (string Key, double Value)[] metrics)
    {
        string bundle = Path.Combine(folder.FullName, $"bundle-{Directory.GetDirectories(folder.FullName).Length}"), sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Data)));
        Bundle.Save(bundle, classifier, SmallModels.TwoClasses.Info with { Name = "air <b>paradis</b>" });
        using var key = SigningKey.LoadOrCreate(TrustedKeys.OwnKeyIn(State));
        (_, string manifest) = await ModelManifest.SignAsync(bundle, key, TimeProvider.System);
        await using StoreRunLog run = await StoreRunLog.StartAsync(Store);
        foreach ((string name, double value) in metrics) run.LogMetric(name, value);
        await run.LogInputsAsync([new DatasetInput([new Tag("mlflow.data.context", "training")], new Dataset("tweets.csv", sha256[..36], "local", JsonSerializer.Serialize(new { uri = Data, sha256 }), null, """{"num_rows":900}"""))]);
        LoggedModel model = await run.LogModelAsync(bundle, "m");
        await run.FinishAsync();
        await Registry.CreateVersionAsync(Name, $"models:/{model.Info.ModelId}", run.Info.RunId, tags: [new Tag(ModelManifest.DigestTag, manifest)], modelId: model.Info.ModelId);
    }

    /// <summary>A run that says that it read a data set.</summary>
    public async Task RecordAsync(Dataset dataset)
    {
        await using StoreRunLog run = await StoreRunLog.StartAsync(Store);
        await run.LogInputsAsync([new DatasetInput([], dataset)]);
        await run.FinishAsync();
    }

    /// <summary>The files of versions that end like this, the oldest version's first.</summary>
    public IReadOnlyList<string> FilesOf(string name) => [.. new DirectoryInfo(Path.Combine(State, "artifacts")).EnumerateFiles(name, SearchOption.AllDirectories).OrderBy(file => file.CreationTimeUtc).Select(file => file.FullName)];

    /// <summary>A file of the test's.</summary>
    public async Task<string> WriteAsync(string name, string content)
    {
        string path = Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    /// <summary>The number of the champion.</summary>
    public async Task<string?> ChampionAsync() => (await Registry.Promotion.ChampionAsync(Name))?.Version;

    public async ValueTask DisposeAsync()
    {
        foreach ((WebApplication app, ModelSources sources) in running)
        {
            await app.DisposeAsync();
            await sources.DisposeAsync();
        }

        await Store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>A number as the pages write it in a language.</summary>
    public static string Written(double value, Look look) => value.ToString("N4", CultureInfo.GetCultureInfo(look.T("en-GB", "fr-FR")));
}
