using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Server;

/// <summary>Moves files between a connection and a store, a part at a time, whatever their size.</summary>
internal static class ArtifactTransfer
{
    private const int BufferBytes = 512 << 10;

    /// <summary>A body may be as long as it likes, but not take for ever: whoever sends less gives the connection back.</summary>
    private static readonly MinDataRate SlowestUpload = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));

    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>The request's body, without the limit that JSON has.</summary>
    public static Stream Upload(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = SlowestUpload;
        return context.Request.Body;
    }

    /// <summary>Answers with a file, or the part of it that the request's Range asks for.</summary>
    public static async Task DownloadAsync(HttpContext context, IArtifactStore store, ArtifactPath path)
    {
        ByteRange? range = RangeOf(context.Request);
        await using ArtifactContent content = await store.OpenAsync(path, range, context.RequestAborted);
        HttpResponse response = context.Response;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.XContentTypeOptions = "nosniff";
        if (range is not null && content.Length == 0)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = new ContentRangeHeaderValue(content.TotalLength).ToString();
            await MlflowJson.WriteAsync(response, new ErrorAnswer(ErrorCode.InvalidParameterValue, $"Range '{context.Request.Headers.Range}': the file has {content.TotalLength} bytes"), context.RequestAborted);
            return;
        }

        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = new ContentRangeHeaderValue(content.Offset, content.Offset + content.Length - 1, content.TotalLength).ToString();
        }

        var disposition = new ContentDispositionHeaderValue("attachment"); // never shown as a page of this server
        disposition.SetHttpFileName(path.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        response.ContentType = Types.TryGetContentType(path.Name, out string? type) ? type : "application/octet-stream";
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await CopyAsync(content.Stream, response.Body, context.RequestAborted);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await from.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellation) is > 0 and int read) await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One range of bytes. Others are not understood, and with If-Range there is no version that it could match: the whole file, as HTTP has it.</summary>
    private static ByteRange? RangeOf(HttpRequest request)
    {
        if (request.Headers.Range.Count != 1 || request.Headers.IfRange.Count > 0) return null;
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out RangeHeaderValue? header) || header.Unit != "bytes" || header.Ranges.Count != 1) return null;
        RangeItemHeaderValue only = header.Ranges.First();
        return new ByteRange(only.From, only.To);
    }
}
