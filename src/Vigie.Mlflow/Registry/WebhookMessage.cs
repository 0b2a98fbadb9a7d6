using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Mlflow;

/// <summary>A message as it goes over the wire. It is signed as MLflow signs: HMAC-SHA256 with the secret over <c>ID.SECONDS.BODY</c>, in base64 after <c>v1,</c>.</summary>
internal static class WebhookMessage
{
    public const string SignatureHeader = "X-MLflow-Signature";

    public const string TimestampHeader = "X-MLflow-Timestamp";

    public const string DeliveryHeader = "X-MLflow-Delivery-Id";

    public static HttpRequestMessage Create(string url, string? secret, string deliveryId, string body, DateTimeOffset now)
    {
        string seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(DeliveryHeader, deliveryId);
        request.Headers.Add(TimestampHeader, seconds);
        if (!string.IsNullOrEmpty(secret)) request.Headers.TryAddWithoutValidation(SignatureHeader, Signature(secret, deliveryId, seconds, body));
        return request;
    }

    public static string Signature(string secret, string deliveryId, string seconds, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{deliveryId}.{seconds}.{body}")));
}
