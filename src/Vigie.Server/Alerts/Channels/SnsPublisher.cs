using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Vigie.Server;

/// <summary>Calls <c>Publish</c> of Amazon SNS (API version 2010-03-31).</summary>
internal sealed class SnsPublisher(SnsOptions options, Receiver receiver, TimeProvider clock)
{
    private const string ContentType = "application/x-www-form-urlencoded; charset=utf-8";

    private static readonly string[] Passing = ["<Code>Throttl", "<Code>RequestExpired", "Signature expired", "Signature not yet current"];

    private readonly Uri endpoint = options.EffectiveEndpoint;
    private readonly AwsSignature signature = new(options.AccessKeyId!, options.SecretAccessKey!, options.EffectiveRegion, "sns");

    /// <summary>Publishes with these parameters.</summary>
    public Task PublishAsync(IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellation)
    {
        IEnumerable<(string Name, string Value)> all = [("Action", "Publish"), ("Version", "2010-03-31"), .. parameters];
        byte[] body = Encoding.ASCII.GetBytes(string.Join('&', all.Select(parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}")));
        var headers = new Dictionary<string, string>
        {
            ["content-type"] = ContentType,
            ["host"] = endpoint.IsDefaultPort ? endpoint.Host : endpoint.Authority,
            ["x-amz-date"] = AwsSignature.DateOf(clock.GetUtcNow()),
        };
        if (options.SessionToken is { } token) headers.Add("x-amz-security-token", token);

        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) } } };
        request.Headers.Host = headers["host"];
        foreach ((string name, string value) in headers.Where(header => header.Key.StartsWith("x-amz-", StringComparison.Ordinal))) request.Headers.Add(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", signature.Authorization("POST", endpoint, headers, body));
        return receiver.SendAsync(request, IsPassing, cancellation);
    }

    // Amazon says with 400 and 403 what is of the moment: too much at once, and a clock that is not right yet.
    private static bool IsPassing(HttpStatusCode status, string answer) =>
        Passing.Any(sign => answer.Contains(sign, StringComparison.Ordinal));
}
