using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// Signatures of the Standard Webhooks specification: HMAC-SHA256 over <c>ID.SECONDS.BODY</c>, in base64 after <c>v1,</c>; several are divided by spaces. The
/// time is signed too, so that who listened in cannot send an old message as a new one.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    private const string Prefix = "whsec_";

    private const int LeastBytes = 24;

    /// <summary>The bytes of a secret: those of its text, or what stands in base64 after <c>whsec_</c>.</summary>
    /// <exception cref="InvalidInputException">It is short enough to be guessed, or no base64.</exception>
    public static byte[] KeyOf(string setting, string secret)
    {
        bool isBase64 = secret.StartsWith(Prefix, StringComparison.Ordinal);
        byte[] key;
        try
        {
            key = isBase64 ? Convert.FromBase64String(secret[Prefix.Length..]) : Encoding.UTF8.GetBytes(secret);
        }
        catch (FormatException fault)
        {
            throw new InvalidInputException($"{setting} begins with {Prefix}, and what follows is no base64", fault);
        }

        return key.Length >= LeastBytes ? key : throw new InvalidInputException($"{setting} has {key.Length} bytes; expected at least {LeastBytes}, such as 'openssl rand -base64 32' makes");
    }

    /// <summary>The header of a message.</summary>
    public static string Of(IEnumerable<byte[]> keys, string id, DateTimeOffset now, byte[] body)
    {
        byte[] start = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{now.ToUnixTimeSeconds()}."));
        byte[] signed = [.. start, .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }
}
