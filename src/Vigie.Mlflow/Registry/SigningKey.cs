using System.Security.Cryptography;

namespace Vigie.Mlflow;

/// <summary>
/// An ECDSA key over P-256 that signs manifests. The private half lies in a PEM file that only its owner may read; the public half beside it, with
/// <c>.pub</c> at the end, is what others verify with.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ECDsa key;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        Public = VerifyingKey.Of(key);
    }

    /// <summary>The half that verifies.</summary>
    public VerifyingKey Public { get; }

    /// <summary>Reads a key, and makes one where the file is missing.</summary>
    /// <param name="path">The PEM file.</param>
    /// <exception cref="ManifestException">The file is no private key over P-256, or others than its owner may read or write it.</exception>
    public static SigningKey LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        for (int attempt = 1; ; attempt++)
        {
            if (File.Exists(path)) return Load(path);
            try
            {
                return Create(path);
            }
            catch (IOException) when (attempt < 3 && File.Exists(path))
            {
                continue; // another process was faster: its key is the key
            }
        }
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="ManifestException">The file is no private key over P-256, or others than its owner may read or write it.</exception>
    public static SigningKey Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly & ~UnixFileMode.UserExecute) is var others and not 0)
            throw new ManifestException($"{path}: others may use this key ({others}). Take the rights away (chmod 600), and make a new key where somebody may have read it");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize != 256 || !HasPrivateHalf(key)) throw new ManifestException($"{path}: expected a private ECDSA key over P-256");
            return new SigningKey(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ManifestException($"{path}: expected a private ECDSA key over P-256 in PEM", fault);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    /// <summary>Signs with SHA-256; the signature is r and s, 64 bytes.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256);

    private static SigningKey Create(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            var signing = new SigningKey(key);
            WriteNew(path, key.ExportPkcs8PrivateKeyPem() + "\n");
            File.WriteAllText(path + ".pub", signing.Public.Pem + "\n");
            return signing;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The file appears whole: one that was cut off by a crash would be no key, and would stop every start after it.</summary>
    private static void WriteNew(string path, string pem)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // from the first moment on, whatever the umask
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(pem));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static bool HasPrivateHalf(ECDsa key)
    {
        try
        {
            key.ExportParameters(includePrivateParameters: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>The public half of a <see cref="SigningKey"/>: it verifies, and is no secret.</summary>
public sealed class VerifyingKey
{
    private readonly byte[] info;

    private VerifyingKey(byte[] info)
    {
        this.info = info;
        Id = Convert.ToHexStringLower(SHA256.HashData(info))[..16];
    }

    /// <summary>16 hexadecimal digits that tell this key from another.</summary>
    public string Id { get; }

    /// <summary>As a PEM file holds it.</summary>
    public string Pem => PemEncoding.WriteString("PUBLIC KEY", info);

    /// <summary>Reads a PEM file with a public key, or with a private one, of which it takes the public half.</summary>
    /// <exception cref="ManifestException">It is no ECDSA key over P-256.</exception>
    public static VerifyingKey Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (ManifestException fault)
        {
            throw new ManifestException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>Reads PEM.</summary>
    /// <exception cref="ManifestException">It is no ECDSA key over P-256.</exception>
    public static VerifyingKey Parse(string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            throw new ManifestException("expected an ECDSA key over P-256 in PEM", fault);
        }

        return key.KeySize == 256 ? Of(key) : throw new ManifestException($"expected an ECDSA key over P-256, found one of {key.KeySize} bits");
    }

    internal static VerifyingKey Of(ECDsa key) => new(key.ExportSubjectPublicKeyInfo());

    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(info, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
    }
}

/// <summary>A model's files are not what was signed, or a key or manifest cannot be used; the message says which file and what is wrong with it.</summary>
public sealed class ManifestException(string message, Exception? inner = null) : Exception(message, inner);
