using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>keys.json: which keys there are. Their secrets are kept as hashes only.</summary>
internal sealed record KeyFile
{
    private const int Newest = 1;
    private const int MaxBytes = 16 << 20;

    /// <summary>Which form the file has.</summary>
    public int Version { get; init; } = Newest;

    /// <summary>By name.</summary>
    public required IReadOnlyList<KeptKey> Keys { get; init; }

    public static KeyFile Empty { get; } = new() { Keys = [] };

    /// <summary>The file's bytes; none where there is no file, which holds no key.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Load(string path)
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.Length > MaxBytes) throw new IOException($"{path} has {file.Length} bytes, more than {MaxBytes}; it is no file of keys");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes); // it is replaced and never changed, so this is one state of it
            return bytes;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"{path} may not be read: {refused.Message}", refused);
        }
    }

    /// <exception cref="InvalidInputException">It is something else than a file of keys, or a newer one.</exception>
    public static KeyFile Parse(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.IsEmpty) return Empty;
        KeyFile? read;
        try
        {
            read = JsonSerializer.Deserialize(bytes, KeyFileJson.Default.KeyFile);
        }
        catch (JsonException fault)
        {
            throw new InvalidInputException($"{path} is no file of keys: {fault.Message}", fault);
        }

        if (read is null) throw new InvalidInputException($"{path} is no file of keys: it holds null");
        if (read.Version > Newest) throw new InvalidInputException($"{path} was written by a newer Vigie (its form is {read.Version}; up to {Newest} is known here)");
        foreach (KeptKey key in read.Keys)
        {
            if (key.Secrets.FirstOrDefault(secret => KeySecret.Parse(secret.Sha256) is null) is not null) throw new InvalidInputException($"{path}: the key {key.Name} has a hash that is no SHA-256");
            if (key.Scopes.FirstOrDefault(scope => ScopeNames.Find(scope) is null) is { } unknown) throw new InvalidInputException($"{path}: the key {key.Name} has the scope '{unknown}', which there is not");
        }

        return read;
    }

    /// <summary>Replaces the file in one step, readable by its owner only, and waits until the disk has it.</summary>
    /// <exception cref="IOException">The disk failed, or the folder may not be written to.</exception>
    public void Save(string path)
    {
        try
        {
            WholeFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, KeyFileJson.Default.KeyFile));
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"{path} may not be written: {refused.Message}", refused);
        }
    }
}

/// <summary>One key of the file.</summary>
internal sealed record KeptKey
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? Rotated { get; init; }

    /// <summary>The newest first; more than one while they overlap.</summary>
    public required IReadOnlyList<KeptSecret> Secrets { get; init; }

    public ApiKey Shown(DateTimeOffset now) => new()
    {
        Name = Name,
        Scopes = [.. Scopes.Select(scope => ScopeNames.Find(scope)!.Value)],
        Created = Created,
        Expires = Expires,
        Rotated = Rotated,
        OverlapEnds = Secrets.Skip(1).Max(secret => secret.Until) is { } until && until > now ? until : null,
    };
}

/// <summary>A hash, and until when it is taken where that is before the key's own end.</summary>
internal sealed record KeptSecret(string Sha256, DateTimeOffset? Until = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(KeyFile))]
internal sealed partial class KeyFileJson : JsonSerializerContext;
