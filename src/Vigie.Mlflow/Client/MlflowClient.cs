using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>
/// A client of a tracking server, ours or any other that speaks MLflow's REST API. Safe to use from many threads. Every method throws
/// <see cref="MlflowException"/> with the server's code where it refuses, and TEMPORARILY_UNAVAILABLE where it cannot be reached after the retries.
/// </summary>
public sealed class MlflowClient : IDisposable
{
    private readonly MlflowHttp http;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <exception cref="MlflowException">An option is out of range.</exception>
    public MlflowClient(MlflowClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        http = new MlflowHttp(options);
        Experiments = new ExperimentsClient(http);
        Runs = new RunsClient(http);
        LoggedModels = new LoggedModelsClient(http);
        Registry = new RegistryClient(http);
        Artifacts = new ArtifactsClient(http);
        Webhooks = new WebhooksClient(http);
    }

    /// <summary>Creates a client of the server that the environment's variables name.</summary>
    /// <exception cref="MlflowException">They name no server, or a value cannot be understood.</exception>
    public static MlflowClient FromEnvironment() => new(MlflowClientOptions.From(MlflowEnvironment.Read()));

    /// <summary>The server's address, without name and password.</summary>
    public Uri Server => http.Options.Server;

    /// <summary>Experiments.</summary>
    public ExperimentsClient Experiments { get; }

    /// <summary>Runs and what they log.</summary>
    public RunsClient Runs { get; }

    /// <summary>Models of MLflow 3.</summary>
    public LoggedModelsClient LoggedModels { get; }

    /// <summary>Registered models, versions, aliases, stages.</summary>
    public RegistryClient Registry { get; }

    /// <summary>Files of runs and models.</summary>
    public ArtifactsClient Artifacts { get; }

    /// <summary>Addresses that are told of changes in the registry.</summary>
    public WebhooksClient Webhooks { get; }

    /// <summary>The version of MLflow that the server speaks, such as <c>3.9.0</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation = default)
    {
        using HttpResponseMessage answer = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "version"), Repeat.Always, HttpCompletionOption.ResponseContentRead, cancellation);
        return (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => http.Dispose();
}

/// <summary>What the resources of a client share: the prefix, and request and answer records of the wire format.</summary>
internal static class MlflowCalls
{
    private const string Prefix = "api/2.0/mlflow/";

    /// <summary>A GET with its query; what is null stays out.</summary>
    public static Task<TAnswer> GetAsync<TAnswer>(this MlflowHttp http, string path, CancellationToken cancellation, params ReadOnlySpan<(string Key, string? Value)> query)
    {
        var address = new System.Text.StringBuilder(Prefix + path);
        char joint = '?';
        foreach ((string key, string? value) in query)
        {
            if (value is null) continue;
            address.Append(joint).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            joint = '&';
        }

        return http.GetAsync(address.ToString(), MlflowJson.Of<TAnswer>(), cancellation);
    }

    /// <summary>A request whose effect is the same however often it is made.</summary>
    public static Task<TAnswer> SetAsync<TBody, TAnswer>(this MlflowHttp http, HttpMethod method, string path, TBody body, CancellationToken cancellation) =>
        http.SendAsync(method, Prefix + path, body, MlflowJson.Of<TBody>(), MlflowJson.Of<TAnswer>(), Repeat.Always, cancellation);

    /// <inheritdoc cref="SetAsync{TBody, TAnswer}(MlflowHttp, HttpMethod, string, TBody, CancellationToken)"/>
    public static Task SetAsync<TBody>(this MlflowHttp http, HttpMethod method, string path, TBody body, CancellationToken cancellation) =>
        http.SetAsync<TBody, Nothing>(method, path, body, cancellation);

    /// <summary>A request that makes something new each time.</summary>
    public static Task<TAnswer> CreateAsync<TBody, TAnswer>(this MlflowHttp http, string path, TBody body, CancellationToken cancellation) =>
        http.SendAsync(HttpMethod.Post, Prefix + path, body, MlflowJson.Of<TBody>(), MlflowJson.Of<TAnswer>(), Repeat.OnlyWhenRefused, cancellation);

    /// <summary>A name as a part of a path.</summary>
    public static string Part(string name) => Uri.EscapeDataString(name);
}

/// <summary>Lists that a server left out because they are empty, as protobuf's JSON does, made empty lists.</summary>
internal static class Completion
{
    public static Page<T> PageOf<T>(IReadOnlyList<T>? items, string? token, Func<T, T> complete) =>
        new([.. (items ?? []).Select(complete)], string.IsNullOrEmpty(token) ? null : token);

    public static Experiment Complete(this Experiment experiment) => experiment with { Tags = experiment.Tags ?? [] };

    public static Run Complete(this Run run) => run with
    {
        Data = new RunData(run.Data?.Metrics ?? [], run.Data?.Params ?? [], run.Data?.Tags ?? []),
        Inputs = run.Inputs is { } inputs ? new([.. (inputs.DatasetInputs ?? []).Select(input => input with { Tags = input.Tags ?? [] })], inputs.ModelInputs ?? []) : null,
        Outputs = run.Outputs is { } outputs ? new(outputs.ModelOutputs ?? []) : null,
    };

    public static LoggedModel Complete(this LoggedModel model) =>
        new(model.Info with { Tags = model.Info.Tags ?? [] }, new LoggedModelData(model.Data?.Params ?? [], model.Data?.Metrics ?? []));

    public static RegisteredModel Complete(this RegisteredModel model) => model with
    {
        Tags = model.Tags ?? [],
        Aliases = model.Aliases ?? [],
        LatestVersions = [.. (model.LatestVersions ?? []).Select(Complete)],
    };

    public static ModelVersion Complete(this ModelVersion version) => version with
    {
        Tags = version.Tags ?? [],
        Aliases = version.Aliases ?? [],
        Status = version.Status ?? "READY",
    };
}
