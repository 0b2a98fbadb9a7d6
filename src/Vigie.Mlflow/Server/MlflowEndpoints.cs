using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>Serves a tracking store to MLflow's clients.</summary>
public static class MlflowEndpoints
{
    /// <summary>What <c>/version</c> says: the protocol's version that the answers follow.</summary>
    public const string ProtocolVersion = "3.9.0";

    /// <summary>Serves MLflow's REST API: under <c>/api/2.0/mlflow</c>, and under <c>/ajax-api/2.0/mlflow</c> once more.</summary>
    /// <param name="routes">The application, or a group of it where the API is to stand below a prefix.</param>
    /// <param name="store">What is served. The caller disposes it after the server.</param>
    /// <param name="options">How to serve.</param>
    public static void MapMlflow(this IEndpointRouteBuilder routes, MlflowStore store, MlflowServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        var mlflow = new MlflowServices(store, options, new Access(store, options.Security));
        RouteGroupBuilder root = routes.MapGroup("");
        root.AnswerErrors(mlflow.Access);
        root.WithMetadata(new LargestBody(options.MaxBodyBytes));
        foreach (string prefix in (string[])["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"])
        {
            RouteGroupBuilder api = root.MapGroup(prefix);
            api.MapExperiments(mlflow);
            api.MapRuns(mlflow);
            api.MapLogging(mlflow);
            api.MapMetrics(mlflow);
            api.MapLoggedModels(mlflow);
            api.MapRegisteredModels(mlflow);
            api.MapModelVersions(mlflow);
            api.MapUsers(mlflow);
            api.MapPermissions(mlflow);
            api.MapWebhooks(mlflow);
        }

        root.MapArtifacts(mlflow);
        root.MapUploads(mlflow);
        foreach (string prefix in (string[])["/api/2.0", "/api/3.0", "/ajax-api/2.0", "/ajax-api/3.0"]) root.Map(prefix + "/mlflow/traces/{**path}", Traces);
        root.Map("/v1/traces", Spans).WithMetadata(AnyContent.Instance);

        root.MapGet("/version", (RequestDelegate)(context => context.Response.WriteAsync(ProtocolVersion, context.RequestAborted)));
        root.MapGet("/health", (RequestDelegate)(async context =>
        {
            await store.PingAsync(context.RequestAborted);
            await context.Response.WriteAsync("OK", context.RequestAborted);
        })).WithMetadata(ForEverybody.Instance);
        foreach (string prefix in (string[])["/api", "/ajax-api"]) root.MapFallback(prefix + "/{**path}", NotFound);
    }

    private static Task Traces(HttpContext context) =>
        throw new MlflowException(ErrorCode.NotImplemented, "this server keeps no traces; experiments, runs, models and artifacts are all here");

    // The Python client sends every span until an answer has these words, and then no more.
    private static Task Spans(HttpContext context) =>
        throw new MlflowException(ErrorCode.NotImplemented, "REST OTLP span logging is not supported: this server keeps no traces");

    private static Task NotFound(HttpContext context) =>
        throw new MlflowException(ErrorCode.EndpointNotFound, $"{context.Request.Method} {context.Request.Path} is no endpoint of this server");

    /// <summary>Keeps bodies below a number of bytes; null for no limit.</summary>
    internal sealed record LargestBody(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
