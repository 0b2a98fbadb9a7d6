using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// AWS Signature Version 4 (AWS, "Create a signed AWS API request"): a request in a canonical form is hashed, the hash with time and scope is signed by a key
/// that is good for a day, a region and a service.
/// </summary>
internal sealed record AwsSignature(string AccessKeyId, string SecretAccessKey, string Region, string Service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The time as the protocol writes it, for <c>x-amz-date</c>.</summary>
    public static string DateOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The <c>Authorization</c> header of a request.</summary>
    /// <param name="method">Such as POST.</param>
    /// <param name="url">Its path is taken as it is written: the service is asked by simple ones.</param>
    /// <param name="headers">All that are signed, <c>host</c> and <c>x-amz-date</c> among them.</param>
    /// <param name="body">The body.</param>
    public string Authorization(string method, Uri url, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        (string Name, string Value)[] sorted = [.. headers.Select(header => (header.Key.ToLowerInvariant(), Collapsed(header.Value))).OrderBy(header => header.Item1, StringComparer.Ordinal)];
        string names = string.Join(';', sorted.Select(header => header.Name)), date = sorted.First(header => header.Name == "x-amz-date").Value;
        string canonical = $"{method}\n{url.AbsolutePath}\n{QueryOf(url)}\n{string.Concat(sorted.Select(header => $"{header.Name}:{header.Value}\n"))}\n{names}\n{Hex(SHA256.HashData(body))}";
        string scope = $"{date[..8]}/{Region}/{Service}/aws4_request";
        string toSign = $"{Algorithm}\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        return $"{Algorithm} Credential={AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Hex(Signed(SigningKey(date[..8]), toSign))}";
    }

    /// <summary>The key of a day.</summary>
    /// <param name="day">As <c>20150830</c>.</param>
    public byte[] SigningKey(string day) => Signed(Signed(Signed(Signed(Encoding.UTF8.GetBytes("AWS4" + SecretAccessKey), day), Region), Service), "aws4_request");

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{AccessKeyId} for {Service} in {Region}";

    // By code points of names, then of values, after encoding.
    private static string QueryOf(Uri url) => string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
    {
        string[] parts = pair.Split('=', 2);
        return (Name: Encoded(parts[0]), Value: Encoded(parts.Length > 1 ? parts[1] : ""));
    }).OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Encoded(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string Collapsed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Signed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
