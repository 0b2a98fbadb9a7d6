using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Mlflow.Artifacts;

/// <summary>
/// Files uploaded in parts, at the same time and in any order. Parts are files of the store's own until the upload is complete, so that every store has
/// this without a protocol of its own. Whoever knows an upload's id may write its parts: the id is a secret.
/// </summary>
/// <param name="store">Keeps the parts and the file.</param>
/// <param name="clock">Says which uploads were given up.</param>
public sealed class MultipartUploads(IArtifactStore store, TimeProvider clock)
{
    /// <summary>Most parts of one upload: the limit of S3.</summary>
    public const int MaxParts = 10_000;

    /// <summary>An upload that is not complete by then is removed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private const string Uploads = "uploads";
    private const string Plan = "upload.json";

    /// <summary>Begins an upload, and removes those that were given up.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: no name for the file, or too few or too many parts.</exception>
    public async Task<MultipartUpload> CreateAsync(ArtifactPath path, int parts, CancellationToken cancellation = default)
    {
        if (path.IsRoot) throw MlflowException.Invalid("an artifact's file needs a name");
        if (parts is < 1 or > MaxParts) throw MlflowException.Invalid($"num_parts is {parts}; an upload has 1 to {MaxParts} parts");
        await RemoveAbandonedAsync(cancellation);
        var upload = new MultipartUpload(RandomNumberGenerator.GetHexString(64, lowercase: true), path.Value, parts, clock.GetUtcNow());
        await store.WriteAsync(Own(upload.UploadId, Plan), new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(upload, UploadJson.Default.MultipartUpload)), cancellation);
        return upload;
    }

    /// <summary>Writes a part. A part may be written again; its new tag tells which of them is meant.</summary>
    /// <returns>The part's tag.</returns>
    public async Task<string> WriteAsync(string uploadId, int number, Stream content, CancellationToken cancellation = default)
    {
        MultipartUpload upload = await FindAsync(uploadId, cancellation);
        if (number < 1 || number > upload.Parts) throw MlflowException.Invalid($"part {number} of an upload of {upload.Parts} parts");
        string tag = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await store.WriteAsync(Part(uploadId, number, tag), content, cancellation);
        return tag;
    }

    /// <summary>Puts the parts together. The file is there whole or not at all; where a part is missing, the upload stays.</summary>
    public async Task CompleteAsync(ArtifactPath path, string uploadId, IReadOnlyList<UploadedPart> parts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        await FindAsync(uploadId, path, cancellation);
        if (parts.Count == 0) throw MlflowException.Invalid("an upload is complete with one part at least");
        UploadedPart[] ordered = [.. parts.OrderBy(part => part.PartNumber)];
        for (int i = 1; i < ordered.Length; i++)
        {
            if (ordered[i].PartNumber == ordered[i - 1].PartNumber) throw MlflowException.Invalid($"part {ordered[i].PartNumber} is named twice");
        }

        HashSet<string> written = [.. (await store.ListAsync(Own(uploadId), cancellation)).Select(file => file.Path)];
        foreach (UploadedPart part in ordered)
        {
            if (!IsTag(part.Etag) || !written.Contains(Part(uploadId, part.PartNumber, part.Etag).Value))
                throw MlflowException.Invalid($"part {part.PartNumber} with etag '{part.Etag}' was not uploaded");
        }

        await using (var joined = new JoinedParts(store, [.. ordered.Select(part => Part(uploadId, part.PartNumber, part.Etag))]))
            await store.WriteAsync(path, joined, cancellation);
        await store.DeleteAsync(Own(uploadId), cancellation);
    }

    /// <summary>Ends an upload and removes its parts.</summary>
    public async Task AbortAsync(ArtifactPath path, string uploadId, CancellationToken cancellation = default)
    {
        await FindAsync(uploadId, path, cancellation);
        await store.DeleteAsync(Own(uploadId), cancellation);
    }

    private async Task RemoveAbandonedAsync(CancellationToken cancellation)
    {
        foreach (ArtifactFile folder in await store.ListAsync(ArtifactPath.Own(Uploads), cancellation))
        {
            string id = folder.Path[(folder.Path.LastIndexOf('/') + 1)..];
            if (await ReadAsync(id, cancellation) is { } upload && clock.GetUtcNow() - upload.Created > Lifetime) await store.DeleteAsync(Own(id), cancellation);
        }
    }

    private async Task FindAsync(string uploadId, ArtifactPath path, CancellationToken cancellation)
    {
        if ((await FindAsync(uploadId, cancellation)).Path != path.Value) throw MlflowException.Invalid($"the upload is not one of '{path}'");
    }

    private async Task<MultipartUpload> FindAsync(string uploadId, CancellationToken cancellation) =>
        await ReadAsync(uploadId, cancellation) ?? throw MlflowException.Missing("no such upload; it is complete, was ended, or never began");

    private async Task<MultipartUpload?> ReadAsync(string uploadId, CancellationToken cancellation)
    {
        if (uploadId.Length != 64 || !uploadId.All(char.IsAsciiHexDigitLower)) return null;
        try
        {
            await using ArtifactContent content = await store.OpenAsync(Own(uploadId, Plan), null, cancellation);
            return await JsonSerializer.DeserializeAsync(content.Stream, UploadJson.Default.MultipartUpload, cancellation);
        }
        catch (MlflowException missing) when (missing.Code == ErrorCode.ResourceDoesNotExist)
        {
            return null;
        }
    }

    private static bool IsTag(string tag) => tag.Length == 32 && tag.All(char.IsAsciiHexDigitLower);

    private static ArtifactPath Part(string uploadId, int number, string tag) => Own(uploadId, string.Create(CultureInfo.InvariantCulture, $"{number:D5}-{tag}"));

    private static ArtifactPath Own(string uploadId) => ArtifactPath.Own(Uploads, uploadId);

    private static ArtifactPath Own(string uploadId, string name) => ArtifactPath.Own(Uploads, uploadId, name);
}

/// <summary>An upload under way.</summary>
/// <param name="UploadId">A secret of 64 hexadecimal digits.</param>
/// <param name="Path">The file that it becomes.</param>
/// <param name="Parts">Most parts that it may have.</param>
/// <param name="Created">When it began.</param>
public sealed record MultipartUpload(string UploadId, string Path, int Parts, DateTimeOffset Created);

/// <summary>A part as the client names it when the upload is complete.</summary>
public sealed record UploadedPart(int PartNumber, string Etag);

[JsonSerializable(typeof(MultipartUpload))]
internal sealed partial class UploadJson : JsonSerializerContext;
