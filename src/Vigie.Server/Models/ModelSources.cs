using Vigie.Mlflow;
using Vigie.Mlflow.Client;

namespace Vigie.Server;

/// <summary>Where the models of a server come from.</summary>
/// <param name="champion">The model that answers unless another is asked for.</param>
public sealed class ModelSources(IModelSource champion) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private MlflowClient? client;
    private Func<CancellationToken, Task>? tidy;

    /// <summary>The model that answers unless another is asked for.</summary>
    public IModelSource Champion => champion;

    /// <summary>Models beside it, by the name that callers ask for them by.</summary>
    public IReadOnlyDictionary<string, IModelSource> Others { get; init; } = new Dictionary<string, IModelSource>();

    /// <summary>The model under trial; null for none.</summary>
    public IModelSource? Challenger { get; init; }

    /// <summary>The sources that the settings name. Nothing is opened or asked yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="variable">Gives an environment variable by its name, for who this server is to a tracking server (MLFLOW_TRACKING_USERNAME and so on); this process's environment where null.</param>
    /// <exception cref="InvalidInputException">A setting names no place where models could be, or there is no model.</exception>
    public static ModelSources Of(ModelOptions options, TimeProvider clock, Func<string, string?>? variable = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        string model = options.Model ?? throw new InvalidInputException("models.model is not set; it names the model to serve: a folder, models:/NAME@ALIAS or models:/NAME/VERSION");
        MlflowClient? client = null;
        IModelRegistry? registry = null;
        var keys = new TrustedKeys(options.State);
        IModelSource Source(string of) => ModelAddress.Is(of) ? new RegistrySource(registry ??= Registry(options, clock, variable, out client), ModelAddress.Parse(of), keys) : new FolderSource(of);

        var sources = new ModelSources(Source(model))
        {
            Others = options.Others.ToDictionary(other => other.Key, other => Source(other.Value)),
            Challenger = options.Challenger is { } challenger ? Source(challenger) : null,
        };
        if (registry is not null) sources.owned.Add(registry);
        sources.client = client;
        if (registry is ServerRegistry copies) sources.tidy = cancellation => copies.TidyAsync(options.Keep, clock.GetUtcNow(), cancellation);
        return sources;
    }

    /// <summary>Asks every source that must have a model which one it is, so that a wrong name is known before anything else is made.</summary>
    /// <returns>Whether all could be reached; a server waits for those that could not.</returns>
    /// <exception cref="InvalidInputException">There is no such model.</exception>
    public async Task<bool> FindAsync(CancellationToken cancellation = default)
    {
        bool reached = true;
        foreach (IModelSource source in Others.Values.Prepend(champion))
        {
            try
            {
                await source.IdentifyAsync(cancellation);
            }
            catch (IOException)
            {
                reached = false;
            }
        }

        return reached;
    }

    /// <summary>Deletes copies of models that are not served any more. To be called when every source was asked.</summary>
    /// <exception cref="IOException">One cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder of copies may not be written to.</exception>
    internal Task TidyAsync(CancellationToken cancellation) => tidy is null ? Task.CompletedTask : tidy(cancellation);

    /// <summary>Closes what <see cref="Of"/> opened.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in owned) await one.DisposeAsync();
        client?.Dispose();
    }

    private static IModelRegistry Registry(ModelOptions options, TimeProvider clock, Func<string, string?>? variable, out MlflowClient? client)
    {
        client = null;
        MlflowEnvironment environment = Read(() => MlflowEnvironment.Read(variable)) with { TrackingUri = options.Tracking };
        if (environment.IsServer)
        {
            // Each question is asked once: the next poll asks again, and knows what is wanted then.
            client = Read(() => new MlflowClient(MlflowClientOptions.From(environment) with { Clock = clock, Retries = 0, Timeout = TimeSpan.FromSeconds(10) }));
            return new ServerRegistry(client, Path.Combine(options.State, "models"));
        }

        LocalDatabase database = options.Tracking is { } address
            ? LocalDatabase.Of(address, "models.tracking", "a tracking server's address such as http://127.0.0.1:5000, ", Environment.CurrentDirectory)
            : LocalDatabase.In(options.State);
        return new StoreRegistry(database, Path.Combine(options.State, "artifacts"), clock);
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MlflowException wrong)
        {
            throw new InvalidInputException(wrong.Message, wrong);
        }
    }
}
