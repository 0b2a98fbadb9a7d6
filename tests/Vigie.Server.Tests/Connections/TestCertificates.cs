using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vigie.Server.Tests;

/// <summary>Certificates made for a test, below an authority made for it too.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-tls-").FullName;
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 between;

    public TestCertificates()
    {
        root = Authority("CN=Test root", null);
        between = Authority("CN=Test intermediate", root);
    }

    public string At(string name) => Path.Combine(folder, name);

    /// <summary>Writes a certificate for localhost with its intermediate, and its key; returns its thumbprint.</summary>
    public string Write(string certificate, string key, string? password = null)
    {
        using X509Certificate2 leaf = Leaf();
        using ECDsa secret = leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(At(certificate), leaf.ExportCertificatePem() + "\n" + between.ExportCertificatePem() + "\n");
        string pem = password is null ? secret.ExportPkcs8PrivateKeyPem() : secret.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        if (key == certificate) File.AppendAllText(At(key), pem);
        else File.WriteAllText(At(key), pem);
        return leaf.Thumbprint;
    }

    /// <summary>Writes the root's certificate, for clients that read their authorities from a file; returns its path.</summary>
    public string WriteRoot(string name)
    {
        File.WriteAllText(At(name), root.ExportCertificatePem());
        return At(name);
    }

    /// <summary>The same as PFX.</summary>
    public string WritePfx(string name, string? password)
    {
        using X509Certificate2 leaf = Leaf();
        File.WriteAllBytes(At(name), new X509Certificate2Collection { leaf, between }.Export(X509ContentType.Pfx, password)!);
        return leaf.Thumbprint;
    }

    /// <summary>A client that trusts the root alone, so that it needs the intermediate from the server.</summary>
    public HttpClientHandler Trusting(Action<X509Certificate2> seen) => new()
    {
        ServerCertificateCustomValidationCallback = (_, certificate, chain, _) =>
        {
            seen(certificate!);
            chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(root);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            return chain.Build(certificate!);
        },
    };

    public void Dispose()
    {
        root.Dispose();
        between.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null) return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(400));
        using X509Certificate2 made = request.Create(issuer, now.AddDays(-1), now.AddDays(300), RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Leaf()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.Create(between, now.AddDays(-1), now.AddDays(90), RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }
}
