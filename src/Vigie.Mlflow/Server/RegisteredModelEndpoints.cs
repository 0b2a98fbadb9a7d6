using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>registered-models/…</c></summary>
internal static class RegisteredModelEndpoints
{
    private const int UsualResults = 100;

    public static void MapRegisteredModels(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        ModelRegistry registry = mlflow.Store.Registry;
        api.Post<CreateRegisteredModel, RegisteredModelAnswer>("registered-models/create", async (request, context) =>
            new(await registry.CreateAsync(request.Name.Required("name"), request.Description, request.Tags, context.RequestAborted)));
        api.Get<OneRegisteredModel, RegisteredModelAnswer>("registered-models/get", async (request, context) =>
            new(await registry.GetAsync(request.Name.Required("name"), context.RequestAborted)));
        api.Post<RenameRegisteredModel, RegisteredModelAnswer>("registered-models/rename", async (request, context) =>
            new(await registry.RenameAsync(request.Name.Required("name"), request.NewName.Required("new_name"), context.RequestAborted)));
        api.Patch<UpdateRegisteredModel, RegisteredModelAnswer>("registered-models/update", async (request, context) =>
            new(await registry.UpdateAsync(request.Name.Required("name"), request.Description, context.RequestAborted)));
        api.Delete<OneRegisteredModel>("registered-models/delete", (request, context) => registry.DeleteAsync(request.Name.Required("name"), context.RequestAborted));

        async Task<RegisteredModelsAnswer> SearchAsync(SearchModels request, HttpContext context)
        {
            Readable readable = await mlflow.Access.ReadableModelsAsync(context);
            Page<RegisteredModel> page = await registry.SearchAsync(Requests.Search(request.Filter, request.OrderBy, request.MaxResults, request.PageToken, UsualResults), readable, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        }

        api.Get<SearchModels, RegisteredModelsAnswer>("registered-models/search", SearchAsync);
        api.Post<SearchModels, RegisteredModelsAnswer>("registered-models/search", SearchAsync);

        async Task<ModelVersionsAnswer> LatestAsync(GetLatestVersions request, HttpContext context) =>
            new(await registry.LatestVersionsAsync(request.Name.Required("name"), request.Stages ?? [], context.RequestAborted));
        api.Get<GetLatestVersions, ModelVersionsAnswer>("registered-models/get-latest-versions", LatestAsync);
        api.Post<GetLatestVersions, ModelVersionsAnswer>("registered-models/get-latest-versions", LatestAsync);

        api.Post<SetRegisteredModelTag>("registered-models/set-tag", (request, context) =>
            registry.SetTagAsync(request.Name.Required("name"), new Tag(request.Key.Required("key"), request.Value ?? ""), context.RequestAborted));
        api.Delete<DeleteRegisteredModelTag>("registered-models/delete-tag", (request, context) =>
            registry.DeleteTagAsync(request.Name.Required("name"), request.Key.Required("key"), context.RequestAborted));

        api.Post<SetModelAlias>("registered-models/alias", (request, context) =>
            registry.SetAliasAsync(request.Name.Required("name"), request.Alias.Required("alias"), request.Version.Required("version"), context.RequestAborted));
        api.Delete<OneModelAlias>("registered-models/alias", (request, context) =>
            registry.DeleteAliasAsync(request.Name.Required("name"), request.Alias.Required("alias"), context.RequestAborted));
        api.Get<OneModelAlias, ModelVersionAnswer>("registered-models/alias", async (request, context) =>
            new(await registry.GetByAliasAsync(request.Name.Required("name"), request.Alias.Required("alias"), context.RequestAborted)));
    }
}

internal sealed record CreateRegisteredModel(string? Name = null, string? Description = null, IReadOnlyList<Tag>? Tags = null);

internal sealed record OneRegisteredModel(string? Name = null);

internal sealed record RegisteredModelAnswer(RegisteredModel RegisteredModel);

internal sealed record RenameRegisteredModel(string? Name = null, string? NewName = null);

internal sealed record UpdateRegisteredModel(string? Name = null, string? Description = null);

/// <summary>Of registered models, and of their versions.</summary>
internal sealed record SearchModels(string? Filter = null, long? MaxResults = null, IReadOnlyList<string>? OrderBy = null, string? PageToken = null);

internal sealed record RegisteredModelsAnswer(IReadOnlyList<RegisteredModel> RegisteredModels, string? NextPageToken = null);

internal sealed record GetLatestVersions(string? Name = null, IReadOnlyList<string>? Stages = null);

internal sealed record SetRegisteredModelTag(string? Name = null, string? Key = null, string? Value = null);

internal sealed record DeleteRegisteredModelTag(string? Name = null, string? Key = null);

internal sealed record SetModelAlias(string? Name = null, string? Alias = null, string? Version = null);

internal sealed record OneModelAlias(string? Name = null, string? Alias = null);
