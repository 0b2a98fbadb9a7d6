using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>mlflow-artifacts/mpu/…</c>: files uploaded in parts.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this RouteGroupBuilder root, MlflowServices mlflow)
    {
        var uploads = new MultipartUploads(mlflow.Store.Artifacts, mlflow.Options.Security.Clock);
        foreach (string prefix in (string[])["/api/2.0", "/ajax-api/2.0"])
        {
            RouteGroupBuilder mpu = root.MapGroup(prefix + "/mlflow-artifacts/mpu");
            mpu.MapPost("create/{**path}", (RequestDelegate)(async context =>
            {
                CreateUpload request = await Requests.ReadAsync<CreateUpload>(context);
                ArtifactPath path = await TargetAsync(mlflow, context, "/mpu/create", request.Path);
                MultipartUpload upload = await uploads.CreateAsync(path, Requests.Clamped(request.NumParts ?? 1), context.RequestAborted);
                string parts = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{prefix}/mlflow-artifacts/mpu/parts/{upload.UploadId}/";
                var credentials = Enumerable.Range(1, upload.Parts).Select(number => new UploadCredential(parts + number.ToString(CultureInfo.InvariantCulture), number));
                await MlflowJson.WriteAsync(context.Response, new UploadAnswer(upload.UploadId, [.. credentials]), context.RequestAborted);
            }));
            mpu.MapPost("complete/{**path}", (RequestDelegate)(async context =>
            {
                EndUpload request = await Requests.ReadAsync<EndUpload>(context);
                ArtifactPath path = await TargetAsync(mlflow, context, "/mpu/complete", request.Path);
                UploadedPart[] parts = [.. (request.Parts ?? []).Select(part => new UploadedPart(Requests.Clamped(part.PartNumber.Required("parts.part_number")), part.Etag.Required("parts.etag").Trim('"')))];
                await uploads.CompleteAsync(path, request.UploadId.Required("upload_id"), parts, context.RequestAborted);
                await MlflowJson.WriteAsync(context.Response, new Nothing(), context.RequestAborted);
            }));
            mpu.MapPost("abort/{**path}", (RequestDelegate)(async context =>
            {
                EndUpload request = await Requests.ReadAsync<EndUpload>(context);
                ArtifactPath path = await TargetAsync(mlflow, context, "/mpu/abort", request.Path);
                await uploads.AbortAsync(path, request.UploadId.Required("upload_id"), context.RequestAborted);
                await MlflowJson.WriteAsync(context.Response, new Nothing(), context.RequestAborted);
            }));

            // MLflow's clients send parts as they would to a cloud's storage, without saying who they are: the address is the permission.
            mpu.MapPut("parts/{upload_id}/{number:int}", (RequestDelegate)(async context =>
            {
                int number = int.Parse((string)context.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
                string tag = await uploads.WriteAsync((string)context.Request.RouteValues["upload_id"]!, number, ArtifactTransfer.Upload(context), context.RequestAborted);
                context.Response.Headers.ETag = $"\"{tag}\"";
                await MlflowJson.WriteAsync(context.Response, new Nothing(), context.RequestAborted);
            })).WithMetadata(ForEverybody.Instance);
        }
    }

    /// <summary>The address names the folder, the body the file: by the path that it has on the client's machine, whatever that is.</summary>
    private static async Task<ArtifactPath> TargetAsync(MlflowServices mlflow, HttpContext context, string part, string? file)
    {
        string name = file.Required("path");
        ArtifactPath path = ArtifactEndpoints.PathAfter(context, part + "/").Append(ArtifactPath.Parse(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]));
        await mlflow.Access.RequireArtifactAsync(context, path, Role.Write);
        return path;
    }
}

internal sealed record CreateUpload(string? Path = null, long? NumParts = null);

internal sealed record UploadAnswer(string UploadId, IReadOnlyList<UploadCredential> Credentials);

internal sealed record UploadCredential(string Url, int PartNumber);

internal sealed record EndUpload(string? Path = null, string? UploadId = null, IReadOnlyList<EndUploadPart>? Parts = null);

internal sealed record EndUploadPart(long? PartNumber = null, string? Etag = null);
