using System.Security.Cryptography.X509Certificates;

namespace Vigie.Server;

/// <summary>How receivers' certificates are checked: without fetching anything that a certificate points to, which would be a request to an address of the receiver's choice.</summary>
internal static class CertificateTrust
{
    /// <param name="authorities">What certificates must come from; null for what this machine trusts.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
