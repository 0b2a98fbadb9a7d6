using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Vigie.Dashboard.SignIn;

/// <summary>
/// Seals what goes through a browser and comes back: sessions, tokens against forged forms, what starts a circuit. AES-256-GCM, by a key that HKDF (RFC 5869) draws from the
/// server's secret for each purpose; so one kind of sealed text never passes for another.
/// </summary>
internal sealed class SecretProtection(byte[] key) : IDataProtector
{
    private const int NonceBytes = 12, TagBytes = 16;

    /// <summary>The same secret, for one purpose of those that this one is for.</summary>
    public IDataProtector CreateProtector(string purpose) => new SecretProtection(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes("vigie " + purpose)));

    public byte[] Protect(byte[] plaintext)
    {
        var sealedText = new byte[NonceBytes + plaintext.Length + TagBytes];
        Span<byte> nonce = sealedText.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plaintext, sealedText.AsSpan(NonceBytes, plaintext.Length), sealedText.AsSpan(NonceBytes + plaintext.Length));
        return sealedText;
    }

    /// <exception cref="CryptographicException">It was sealed by another secret or for another purpose, or was changed.</exception>
    public byte[] Unprotect(byte[] protectedData)
    {
        if (protectedData.Length < NonceBytes + TagBytes) throw new CryptographicException("a sealed text is shorter than its seal");
        var plaintext = new byte[protectedData.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(protectedData.AsSpan(0, NonceBytes), protectedData.AsSpan(NonceBytes, plaintext.Length), protectedData.AsSpan(NonceBytes + plaintext.Length), plaintext);
        return plaintext;
    }
}
