using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Vigie.Tweets;

/// <summary>What has arrived of a download (<c>NAME.partial</c>), and which version of which file it is a part of (<c>NAME.partial.json</c>).</summary>
internal sealed class PartialFile : IDisposable
{
    private readonly FileStream file;
    private readonly string target, address;
    private Origin? origin;

    private PartialFile(FileStream file, string target, string address, Origin? origin) => (this.file, this.target, this.address, this.origin) = (file, target, address, origin);

    // The bytes may be continued only while the server names the same version: by a strong entity tag, else by the time of the last change (RFC 9110, 13.1.5).
    private sealed record Origin(string Address, string? ETag, DateTimeOffset? LastModified);

    public long Length => file.Length;

    /// <summary>What the server has to confirm before it continues; null where only a new start is safe.</summary>
    public RangeConditionHeaderValue? Validator =>
        origin?.ETag is { } tag ? new RangeConditionHeaderValue(EntityTagHeaderValue.Parse(tag)) :
        origin?.LastModified is { } time ? new RangeConditionHeaderValue(time) : null;

    private string OriginPath => target + ".partial.json";

    public static PartialFile Open(string target, Uri address)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
            var file = new FileStream(target + ".partial", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.Seek(0, SeekOrigin.End);
            return new PartialFile(file, target, address.AbsoluteUri, Remembered(target + ".partial.json", address.AbsoluteUri));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{target}: cannot be written, or another download of it is under way: {error.Message}", error);
        }
    }

    /// <summary>Begins anew with what a whole response brings.</summary>
    public void Restart(HttpResponseMessage response)
    {
        file.SetLength(0);
        EntityTagHeaderValue? tag = response.Headers.ETag;
        origin = new Origin(address, tag is { IsWeak: false } ? tag.Tag : null, response.Content.Headers.LastModified);
        File.WriteAllText(OriginPath, JsonSerializer.Serialize(origin));
    }

    /// <summary>Whether a partial response is of the version that the bytes here are of.</summary>
    public bool IsOf(HttpResponseMessage response) =>
        origin is not null && (response.Headers.ETag is not { } tag || origin.ETag is null || tag.Tag == origin.ETag);

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => file.WriteAsync(bytes, cancellation);

    public async Task<string> DigestAsync(CancellationToken cancellation)
    {
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
    }

    /// <summary>Forgets what arrived.</summary>
    public void Discard()
    {
        file.SetLength(0);
        origin = null;
        File.Delete(OriginPath);
    }

    /// <summary>Gives the file its name.</summary>
    public void Complete()
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(target + ".partial", target);
        File.Delete(OriginPath);
    }

    public void Dispose()
    {
        bool nothing = file.CanSeek && file.Length == 0;
        file.Dispose();
        if (nothing) File.Delete(target + ".partial");
    }

    private static Origin? Remembered(string path, string address)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<Origin>(File.ReadAllText(path)) is { } origin && origin.Address == address ? origin : null;
        }
        catch (JsonException)
        {
            return null; // cut off by a crash: without it the download starts anew
        }
    }
}
