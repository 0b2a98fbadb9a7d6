using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>
/// Files by their path (<c>mlflow-artifacts/…</c>), and by the run, logged model or model version that they belong to. Every one is asked for twice where
/// there is authentication: may the caller see the run, and may he see the path that it leads to.
/// </summary>
internal static class ArtifactEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapArtifacts(this RouteGroupBuilder root, MlflowServices mlflow)
    {
        var artifacts = new ArtifactCalls(mlflow.Store, mlflow.Access);
        foreach (string prefix in (string[])["/api/2.0", "/ajax-api/2.0"])
        {
            RouteGroupBuilder files = root.MapGroup(prefix + "/mlflow-artifacts");
            files.MapMethods("artifacts", GetAndHead, (RequestDelegate)artifacts.ListAsync);
            files.MapMethods("artifacts/{**path}", GetAndHead, (RequestDelegate)artifacts.DownloadAsync);
            files.MapPut("artifacts/{**path}", (RequestDelegate)artifacts.UploadAsync);
            files.MapDelete("artifacts/{**path}", (RequestDelegate)artifacts.DeleteAsync);

            RouteGroupBuilder api = root.MapGroup(prefix + "/mlflow");
            api.MapMethods("artifacts/list", GetAndHead, (RequestDelegate)artifacts.ListOfRunAsync);
            api.MapMethods("logged-models/{model_id}/artifacts/directories", GetAndHead, (RequestDelegate)artifacts.ListOfLoggedModelAsync);
            api.MapMethods("logged-models/{model_id}/artifacts/files", GetAndHead, (RequestDelegate)artifacts.DownloadOfLoggedModelAsync);
            api.MapMethods("get-artifact", GetAndHead, (RequestDelegate)artifacts.DownloadOfRunAsync);
            api.MapPost("upload-artifact", (RequestDelegate)artifacts.UploadToRunAsync).WithMetadata(AnyContent.Instance);
        }

        root.MapMethods("/get-artifact", GetAndHead, (RequestDelegate)artifacts.DownloadOfRunAsync);
        root.MapMethods("/model-versions/get-artifact", GetAndHead, (RequestDelegate)artifacts.DownloadOfVersionAsync);
    }

    /// <summary>
    /// The path behind a part of the address, decoded once. The address is taken as it was sent: the server's own reading of it has resolved <c>..</c>, and
    /// has left encoded slashes as they were.
    /// </summary>
    public static ArtifactPath PathAfter(HttpContext context, string part)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2)[0];
        int start = target.IndexOf(part, StringComparison.Ordinal);
        string path = start < 0 ? context.Request.RouteValues["path"] as string ?? "" : Uri.UnescapeDataString(target[(start + part.Length)..]);
        return ArtifactPath.Parse(path);
    }
}

/// <summary>What the endpoints do.</summary>
internal sealed class ArtifactCalls(MlflowStore store, Access access)
{
    private const string Files = "/mlflow-artifacts/artifacts/";

    public async Task ListAsync(HttpContext context)
    {
        ListArtifacts request = await Requests.ReadAsync<ListArtifacts>(context);
        await ListAsync(context, ArtifactPath.Root, ArtifactPath.Parse(request.Path ?? ""), null);
    }

    public async Task DownloadAsync(HttpContext context)
    {
        ArtifactPath path = ArtifactEndpoints.PathAfter(context, Files);
        if (path.IsRoot)
        {
            await ListAsync(context);
            return;
        }

        await DownloadAsync(context, path);
    }

    public async Task UploadAsync(HttpContext context)
    {
        ArtifactPath path = ArtifactEndpoints.PathAfter(context, Files);
        await access.RequireArtifactAsync(context, path, Role.Write);
        await UploadAsync(context, path);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        ArtifactPath path = ArtifactEndpoints.PathAfter(context, Files);
        await access.RequireArtifactAsync(context, path, Role.Admin);
        await store.Artifacts.DeleteAsync(path, context.RequestAborted);
        await MlflowJson.WriteAsync(context.Response, new Nothing(), context.RequestAborted);
    }

    public async Task ListOfRunAsync(HttpContext context)
    {
        ListArtifacts request = await Requests.ReadAsync<ListArtifacts>(context);
        string root = await RootOfRunAsync(context, (request.RunId ?? request.RunUuid).Required("run_id"), Role.Read);
        await ListAsync(context, Locate(root), ArtifactPath.Parse(request.Path ?? ""), root);
    }

    public async Task DownloadOfRunAsync(HttpContext context)
    {
        ListArtifacts request = await Requests.ReadAsync<ListArtifacts>(context);
        ArtifactPath path = FileOf(request.Path, "path");
        string root = await RootOfRunAsync(context, (request.RunId ?? request.RunUuid).Required("run_uuid"), Role.Read);
        await DownloadAsync(context, Locate(root).Append(path));
    }

    public async Task UploadToRunAsync(HttpContext context)
    {
        string run = context.Request.Query["run_uuid"].ToString().Required("run_uuid"); // the body is the file, so only the query speaks
        ArtifactPath path = FileOf(context.Request.Query["path"].ToString(), "path");
        path = Locate(await RootOfRunAsync(context, run, Role.Write)).Append(path);
        await access.RequireArtifactAsync(context, path, Role.Write);
        await UploadAsync(context, path);
    }

    public async Task ListOfLoggedModelAsync(HttpContext context)
    {
        LoggedModelArtifacts request = await Requests.ReadAsync<LoggedModelArtifacts>(context);
        string root = await RootOfLoggedModelAsync(context);
        await ListAsync(context, Locate(root), ArtifactPath.Parse(request.ArtifactDirectoryPath ?? ""), root);
    }

    public async Task DownloadOfLoggedModelAsync(HttpContext context)
    {
        LoggedModelArtifacts request = await Requests.ReadAsync<LoggedModelArtifacts>(context);
        ArtifactPath path = FileOf(request.ArtifactFilePath, "artifact_file_path");
        await DownloadAsync(context, Locate(await RootOfLoggedModelAsync(context)).Append(path));
    }

    public async Task DownloadOfVersionAsync(HttpContext context)
    {
        VersionArtifact request = await Requests.ReadAsync<VersionArtifact>(context);
        ArtifactPath path = FileOf(request.Path, "path");
        string name = request.Name.Required("name"), version = request.Version.Required("version");
        await access.RequireRegisteredModelAsync(context, name, Role.Read);
        await DownloadAsync(context, Locate(await store.Registry.DownloadUriAsync(name, version, context.RequestAborted)).Append(path));
    }

    private async Task ListAsync(HttpContext context, ArtifactPath root, ArtifactPath folder, string? rootUri)
    {
        ArtifactPath path = root.Append(folder);
        await access.RequireArtifactAsync(context, path, Role.Read);
        IReadOnlyList<ArtifactFile> files = await store.Artifacts.ListAsync(path, context.RequestAborted);

        // By its path a folder's files are named alone; those of a run or model from its root on.
        int skipped = rootUri is null ? Depth(path) : Depth(root);
        await MlflowJson.WriteAsync(context.Response, new ArtifactsAnswer(rootUri, [.. files.Select(file => file with { Path = file.Path[skipped..] })]), context.RequestAborted);
    }

    private static int Depth(ArtifactPath path) => path.IsRoot ? 0 : path.Value.Length + 1;

    private async Task DownloadAsync(HttpContext context, ArtifactPath path)
    {
        await access.RequireArtifactAsync(context, path, Role.Read);
        await ArtifactTransfer.DownloadAsync(context, store.Artifacts, path);
    }

    private async Task UploadAsync(HttpContext context, ArtifactPath path)
    {
        await store.Artifacts.WriteAsync(path, ArtifactTransfer.Upload(context), context.RequestAborted);
        await MlflowJson.WriteAsync(context.Response, new Nothing(), context.RequestAborted);
    }

    private async Task<string> RootOfRunAsync(HttpContext context, string runId, Role role)
    {
        await access.RequireRunAsync(context, runId, role);
        return (await store.Runs.GetAsync(runId, context.RequestAborted)).Info.ArtifactUri;
    }

    private async Task<string> RootOfLoggedModelAsync(HttpContext context)
    {
        string modelId = (string)context.Request.RouteValues["model_id"]!;
        await access.RequireLoggedModelAsync(context, modelId, Role.Read);
        return (await store.LoggedModels.GetAsync(modelId, cancellation: context.RequestAborted)).Info.ArtifactUri;
    }

    private ArtifactPath Locate(string address) => ArtifactLocations.ProxyPath(address) ?? store.Artifacts.Locate(address)
        ?? throw MlflowException.Invalid($"the files are at {address}, which is not a place of this server; read them from there");

    private static ArtifactPath FileOf(string? path, string field) => ArtifactPath.Parse(path.Required(field));
}

internal sealed record ListArtifacts(string? RunId = null, string? RunUuid = null, string? Path = null, string? PageToken = null);

internal sealed record LoggedModelArtifacts(string? ArtifactDirectoryPath = null, string? ArtifactFilePath = null, string? PageToken = null);

internal sealed record VersionArtifact(string? Name = null, string? Version = null, string? Path = null);

internal sealed record ArtifactsAnswer(string? RootUri = null, IReadOnlyList<ArtifactFile>? Files = null, string? NextPageToken = null);
