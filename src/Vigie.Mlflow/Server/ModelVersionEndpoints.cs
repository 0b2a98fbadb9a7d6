using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>model-versions/…</c></summary>
internal static class ModelVersionEndpoints
{
    private const int UsualResults = 10_000;

    public static void MapModelVersions(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        ModelRegistry registry = mlflow.Store.Registry;
        api.Post<CreateModelVersion, ModelVersionAnswer>("model-versions/create", async (request, context) =>
            new(await registry.CreateVersionAsync(
                request.Name.Required("name"), SourceOf(request, mlflow.Options.ArtifactRoots), Requests.Given(request.RunId), request.Description, request.Tags, Requests.Given(request.RunLink), Requests.Given(request.ModelId),
                mlflow.Access.UserOf(context), context.RequestAborted)));
        api.Get<OneModelVersion, ModelVersionAnswer>("model-versions/get", async (request, context) =>
            new(await registry.GetVersionAsync(request.Name.Required("name"), request.Version.Required("version"), context.RequestAborted)));
        api.Patch<UpdateModelVersion, ModelVersionAnswer>("model-versions/update", async (request, context) =>
            new(await registry.UpdateVersionAsync(request.Name.Required("name"), request.Version.Required("version"), request.Description, context.RequestAborted)));
        api.Delete<OneModelVersion>("model-versions/delete", (request, context) =>
            registry.DeleteVersionAsync(request.Name.Required("name"), request.Version.Required("version"), context.RequestAborted));

        async Task<ModelVersionsAnswer> SearchAsync(SearchModels request, HttpContext context)
        {
            Readable readable = await mlflow.Access.ReadableModelsAsync(context);
            Page<ModelVersion> page = await registry.SearchVersionsAsync(Requests.Search(request.Filter, request.OrderBy, request.MaxResults, request.PageToken, UsualResults), readable, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        }

        api.Get<SearchModels, ModelVersionsAnswer>("model-versions/search", SearchAsync);
        api.Post<SearchModels, ModelVersionsAnswer>("model-versions/search", SearchAsync);

        api.Get<OneModelVersion, DownloadUriAnswer>("model-versions/get-download-uri", async (request, context) =>
            new(await registry.DownloadUriAsync(request.Name.Required("name"), request.Version.Required("version"), context.RequestAborted)));
        api.Post<TransitionModelVersionStage, ModelVersionAnswer>("model-versions/transition-stage", async (request, context) =>
            new(await registry.TransitionStageAsync(
                request.Name.Required("name"), request.Version.Required("version"), request.Stage.Required("stage"), request.ArchiveExistingVersions ?? false, context.RequestAborted)));
        api.Post<SetModelVersionTag>("model-versions/set-tag", (request, context) =>
            registry.SetVersionTagAsync(request.Name.Required("name"), request.Version.Required("version"), new Tag(request.Key.Required("key"), request.Value ?? ""), context.RequestAborted));
        api.Delete<DeleteModelVersionTag>("model-versions/delete-tag", (request, context) =>
            registry.DeleteVersionTagAsync(request.Name.Required("name"), request.Version.Required("version"), request.Key.Required("key"), context.RequestAborted));
    }

    // Clients register prompts as versions without files, whose source is a word that leads nowhere.
    private static string SourceOf(CreateModelVersion request, IReadOnlyList<string> roots)
    {
        string source = request.Source.Required("source");
        return VersionSource.IsPrompt(request.Tags ?? []) ? source : ArtifactLocations.CheckedSource(source, roots);
    }
}

internal sealed record CreateModelVersion(
    string? Name = null, string? Source = null, string? RunId = null, IReadOnlyList<Tag>? Tags = null, string? RunLink = null, string? Description = null, string? ModelId = null);

internal sealed record OneModelVersion(string? Name = null, string? Version = null);

internal sealed record ModelVersionAnswer(ModelVersion ModelVersion);

internal sealed record UpdateModelVersion(string? Name = null, string? Version = null, string? Description = null);

internal sealed record ModelVersionsAnswer(IReadOnlyList<ModelVersion> ModelVersions, string? NextPageToken = null);

internal sealed record DownloadUriAnswer(string ArtifactUri);

internal sealed record TransitionModelVersionStage(string? Name = null, string? Version = null, string? Stage = null, bool? ArchiveExistingVersions = null);

internal sealed record SetModelVersionTag(string? Name = null, string? Version = null, string? Key = null, string? Value = null);

internal sealed record DeleteModelVersionTag(string? Name = null, string? Version = null, string? Key = null);
