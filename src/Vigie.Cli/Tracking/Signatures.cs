using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Vouches for what was trained here: with the working folder's key, made on first use. Whoever loads a registered model verifies it (<see cref="TrustedKeys"/>).</summary>
internal static class Signatures
{
    /// <summary>Signs a folder.</summary>
    /// <returns>SHA-256 of the signed manifest, for <see cref="ModelManifest.DigestTag"/>.</returns>
    public static async Task<string> SignAsync(VerbRun run, string folder)
    {
        Directory.CreateDirectory(run.StateFolder);
        using var key = SigningKey.LoadOrCreate(TrustedKeys.OwnKeyIn(run.StateFolder));
        return (await ModelManifest.SignAsync(folder, key, run.Clock, run.Stop)).Digest;
    }
}
