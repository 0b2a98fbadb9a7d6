using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vigie.Bundles;

/// <summary>
/// The contents of a bundle's files, each read once and compared with the manifest: what is used later is what was verified, even where a file
/// changes on disk meanwhile.
/// </summary>
internal sealed class VerifiedFiles
{
    private const int LongestManifest = 1 << 20;

    private readonly string folder;
    private readonly Dictionary<string, byte[]> contents;

    private VerifiedFiles(string folder, string digest, Dictionary<string, byte[]> contents) => (this.folder, Digest, this.contents) = (folder, digest, contents);

    /// <summary>SHA-256 of the manifest, which stands for the whole bundle.</summary>
    public string Digest { get; }

    /// <summary>The contents of a file that the manifest names, or null.</summary>
    public byte[]? this[string name] => contents.GetValueOrDefault(name);

    /// <summary>Reads the files of a bundle.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <param name="wanted">Whether a file is read and compared; null for all. That no file is missing or left over is seen to anyway.</param>
    /// <exception cref="BundleException">Anything is missing, left over, changed, or no plain file.</exception>
    public static VerifiedFiles Read(string folder, CancellationToken cancellation, Func<string, bool>? wanted = null)
    {
        if (!Directory.Exists(folder)) throw new BundleException($"{folder}: there is no such folder to load a model from");
        List<string> present = BundleListing.Of(folder);
        (ManifestFile manifest, string digest) = ReadManifest(folder, present);
        string[] named = [.. manifest.Files.Select(entry => entry.Path), ManifestFile.Name];
        if (named.Except(present).ToArray() is { Length: > 0 } missing) throw new BundleException($"{folder}: {string.Join(", ", missing)} is missing");
        if (present.Except(named).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } extra) throw new BundleException($"{folder}: {string.Join(", ", extra)} is not in the manifest; a bundle holds nothing else");

        ManifestEntry[] entries = [.. manifest.Files.Where(entry => wanted?.Invoke(entry.Path) != false)];
        Task<byte[]>[] reads = [.. entries.Select(entry => Task.Run(() => ReadFile(folder, entry), cancellation))];
        byte[][] contents = Task.WhenAll(reads).GetAwaiter().GetResult();
        return new VerifiedFiles(folder, digest, entries.Select((entry, i) => (entry.Path, contents[i])).ToDictionary());
    }

    /// <summary>Where a file stands, for messages.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>The bundle inside a folder of this one: its files are named by the outer manifest too, so they are verified.</summary>
    /// <exception cref="BundleException">There is no bundle.</exception>
    public VerifiedFiles Under(string inner)
    {
        string prefix = inner + "/";
        var files = contents.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(file => file.Key[prefix.Length..], file => file.Value);
        return files.TryGetValue(ManifestFile.Name, out byte[]? manifest)
            ? new VerifiedFiles(PathOf(inner), Convert.ToHexStringLower(SHA256.HashData(manifest)), files)
            : throw new BundleException($"{PathOf(inner)}: no {ManifestFile.Name}, so this is no bundle");
    }

    /// <summary>A JSON file that the manifest names.</summary>
    /// <exception cref="BundleException">It is malformed.</exception>
    public T Parse<T>(string name, JsonTypeInfo<T> type) =>
        At(name, () => JsonSerializer.Deserialize(contents[name], type) ?? throw new JsonException("null where an object should stand"));

    /// <summary>Does what reads a file, and says of what is wrong which file it is.</summary>
    /// <exception cref="BundleException">The file is malformed or does not fit the others.</exception>
    public T At<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        // NotSupportedException: a calibration without a kind.
        catch (Exception fault) when (fault is JsonException or NotSupportedException or InvalidInputException and not BundleException)
        {
            throw new BundleException($"{PathOf(name)}: {fault.Message}", fault);
        }
    }

    /// <inheritdoc cref="At{T}"/>
    public void At(string name, Action read) => At(name, () =>
    {
        read();
        return true;
    });

    /// <summary>SHA-256 of a folder's manifest, which is not looked into.</summary>
    /// <exception cref="BundleException">There is none.</exception>
    public static string ReadDigest(string folder)
    {
        if (!Directory.Exists(folder)) throw new BundleException($"{folder}: there is no such folder to load a model from");
        if (!File.Exists(Path.Combine(folder, ManifestFile.Name))) throw new BundleException($"{folder}: no {ManifestFile.Name}, so this is no bundle");
        return Convert.ToHexStringLower(SHA256.HashData(ReadManifestBytes(Path.Combine(folder, ManifestFile.Name))));
    }

    private static byte[] ReadManifestBytes(string path)
    {
        long length = new FileInfo(path).Length;
        return length is 0 or > LongestManifest ? throw new BundleException($"{path} has {length} bytes: expected 1 to {LongestManifest}") : File.ReadAllBytes(path);
    }

    private static (ManifestFile Manifest, string Digest) ReadManifest(string folder, List<string> present)
    {
        if (!present.Contains(ManifestFile.Name)) throw new BundleException($"{folder}: no {ManifestFile.Name}, so this is no bundle");
        string path = Path.Combine(folder, ManifestFile.Name);
        byte[] bytes = ReadManifestBytes(path);
        try
        {
            ManifestFile manifest = JsonSerializer.Deserialize(bytes, BundleJson.Default.ManifestFile) ?? throw new JsonException("null where an object should stand");
            manifest.Check();
            return (manifest, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception fault) when (fault is JsonException or InvalidInputException)
        {
            throw new BundleException($"{path}: {fault.Message}", fault);
        }
    }

    private static byte[] ReadFile(string folder, ManifestEntry entry)
    {
        string path = Path.Combine(folder, entry.Path);
        // Before it is opened: opening a pipe would wait for ever, and a pipe's length is 0.
        long length = new FileInfo(path).Length;
        if (length != entry.Bytes) throw new BundleException($"{path} has {length} bytes where the manifest says {entry.Bytes}: it was changed after the bundle was saved");
        using FileStream file = File.OpenRead(path);
        var bytes = new byte[entry.Bytes];
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw new BundleException($"{path} became shorter while it was read");
        string digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return digest == entry.Sha256 ? bytes : throw new BundleException($"{path} has the SHA-256 {digest} where the manifest says {entry.Sha256}: it was changed after the bundle was saved");
    }
}
