using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Mlflow;

/// <summary>
/// A signed list of a model folder's files with their SHA-256, kept in the folder as <c>manifest.signed.json</c>. Whoever loads the model verifies it first: a file
/// that was changed, added or taken away since the signing is found, and so is a manifest that another key signed.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The manifest's file in the folder.</summary>
    public const string FileName = "manifest.signed.json";

    /// <summary>Tag of a model version: SHA-256 of its manifest, so that a folder cannot be exchanged for another signed one.</summary>
    public const string DigestTag = "vigie.manifest_sha256";

    private const int CurrentFormat = 1;

    /// <summary>A manifest of a hundred thousand files has about 15 MB.</summary>
    private const long LargestManifest = 64 << 20;

    /// <summary>Version of this format.</summary>
    public required int Format { get; init; }

    /// <summary>When it was signed: ISO 8601, UTC.</summary>
    public required string SignedAt { get; init; }

    /// <summary>In the order of their paths.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary><see cref="VerifyingKey.Id"/> of the key that signed.</summary>
    public required string KeyId { get; init; }

    /// <summary>ECDSA over P-256 with SHA-256, r and s, in base64.</summary>
    public required string Signature { get; init; }

    /// <summary>Lists and signs a folder's files, and writes the manifest into the folder, in place of one that is there.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="key">Signs.</param>
    /// <param name="clock">Says when.</param>
    /// <param name="cancellation">Ends the reading of the files.</param>
    /// <returns>The manifest and the SHA-256 of its file, for <see cref="DigestTag"/>.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ManifestException">The folder is empty, or holds a link.</exception>
    public static async Task<(ModelManifest Manifest, string Digest)> SignAsync(string folder, SigningKey key, TimeProvider clock, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(clock);
        List<ManifestFile> files = [.. (await FilesOfAsync(folder, cancellation)).Values];
        if (files.Count == 0) throw new ManifestException($"{folder}: there are no files to sign");
        string signedAt = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var unsigned = new ModelManifest { Format = CurrentFormat, SignedAt = signedAt, Files = files, KeyId = key.Public.Id, Signature = "" };
        ModelManifest manifest = unsigned with { Signature = Convert.ToBase64String(key.Sign(unsigned.Signed())) };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ModelManifest);
        string path = Path.Combine(folder, FileName), draft = path + ".new";
        await using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(json, cancellation);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        return (manifest, Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    /// <summary>Verifies that a folder holds what was signed, no more and no less.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="keys">The keys that are trusted; one of them must have signed.</param>
    /// <param name="digest">SHA-256 that the manifest must have, such as the version's <see cref="DigestTag"/> says; null where it is not known.</param>
    /// <param name="cancellation">Ends the reading of the files.</param>
    /// <exception cref="ManifestException">It does not; the message names every file that differs.</exception>
    public static async Task<ModelManifest> VerifyAsync(string folder, IReadOnlyList<VerifyingKey> keys, string? digest = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ModelManifest manifest = await ReadAsync(Path.Combine(folder, FileName), digest, cancellation);
        VerifyingKey key = keys.FirstOrDefault(trusted => trusted.Id == manifest.KeyId)
            ?? throw new ManifestException($"{folder}: signed with key {manifest.KeyId}, which is not trusted; trusted are {(keys.Count == 0 ? "none" : string.Join(", ", keys.Select(trusted => trusted.Id)))}");
        if (!IsBase64(manifest.Signature, out byte[] signature) || !key.Verifies(manifest.Signed(), signature))
            throw new ManifestException($"{folder}: the signature of {FileName} is not one of key {key.Id}: the manifest was changed after the signing");
        string[] faults = Differences(manifest.Files, await FilesOfAsync(folder, cancellation)).ToArray();
        return faults.Length == 0 ? manifest : throw new ManifestException($"{folder} is not what was signed on {manifest.SignedAt}: {string.Join("; ", faults)}");
    }

    private static async Task<ModelManifest> ReadAsync(string path, string? digest, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new ManifestException($"{Path.GetDirectoryName(path)}: there is no {FileName}, so nothing says that these files are the model that was signed");
        if (file.LinkTarget is not null || file.Length > LargestManifest) throw new ManifestException($"{path}: a link, or larger than {LargestManifest >> 20} MiB");
        byte[] json = await File.ReadAllBytesAsync(path, cancellation);
        string found = Convert.ToHexStringLower(SHA256.HashData(json));
        if (digest is not null && !found.Equals(digest, StringComparison.OrdinalIgnoreCase))
            throw new ManifestException($"{path}: SHA-256 is {found}, but {digest} was registered: this is the folder of another version, or it was signed anew");
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest);
        }
        catch (JsonException fault)
        {
            throw new ManifestException($"{path}: is no manifest: {fault.Message}", fault);
        }

        return manifest is { Format: CurrentFormat } && !manifest.Files.Contains(null!) ? manifest : throw new ManifestException($"{path}: is no manifest of format {CurrentFormat}, which this version reads");
    }

    private static IEnumerable<string> Differences(IReadOnlyList<ManifestFile> signed, SortedDictionary<string, ManifestFile> found)
    {
        foreach (ManifestFile file in signed)
        {
            if (!found.Remove(file.Path, out ManifestFile? there)) yield return $"{file.Path} is missing";
            else if (there.Bytes != file.Bytes) yield return $"{file.Path} has {there.Bytes} bytes instead of {file.Bytes}";
            else if (there.Sha256 != file.Sha256) yield return $"{file.Path} has other content (SHA-256 {there.Sha256[..12]}… instead of {file.Sha256[..Math.Min(12, file.Sha256.Length)]}…)";
        }

        foreach (string added in found.Keys) yield return $"{added} was added";
    }

    private static async Task<SortedDictionary<string, ManifestFile>> FilesOfAsync(string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: there is no such folder");
        var files = new SortedDictionary<string, ManifestFile>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = false, AttributesToSkip = 0, IgnoreInaccessible = false };
        var folders = new Queue<DirectoryInfo>([new DirectoryInfo(folder)]);
        while (folders.TryDequeue(out DirectoryInfo? next))
        {
            foreach (FileSystemInfo entry in next.EnumerateFileSystemInfos("*", options))
            {
                string path = Path.GetRelativePath(folder, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
                // What a link leads to can change without a change in the folder.
                if (entry.LinkTarget is not null) throw new ManifestException($"{folder}: {path} is a link; a model holds plain files only");
                if (entry is DirectoryInfo below) folders.Enqueue(below);
                else if (path is not (FileName or FileName + ".new")) files.Add(path, await HashAsync(entry.FullName, path, cancellation));
            }
        }

        return files;
    }

    private static async Task<ManifestFile> HashAsync(string file, string path, CancellationToken cancellation)
    {
        await using var content = new FileStream(file, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 1 << 17 });
        return new ManifestFile(path, content.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation)));
    }

    /// <summary>The bytes that are signed: not the JSON, which may be written in more than one way. Every text is preceded by its length, so that none can run into the next.</summary>
    private byte[] Signed()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            writer.Write("vigie model manifest");
            writer.Write(Format);
            writer.Write(SignedAt);
            writer.Write(KeyId);
            writer.Write(Files.Count);
            foreach (ManifestFile file in Files)
            {
                writer.Write(file.Path);
                writer.Write(file.Bytes);
                writer.Write(file.Sha256);
            }
        }

        return bytes.ToArray();
    }

    private static bool IsBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        bool read = Convert.TryFromBase64String(text, bytes, out int length);
        Array.Resize(ref bytes, length);
        return read;
    }
}

/// <summary>One file of a manifest.</summary>
/// <param name="Path">Below the folder, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, in hexadecimal digits.</param>
public sealed record ManifestFile(string Path, long Bytes, string Sha256);

/// <summary>The form of <c>manifest.signed.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
