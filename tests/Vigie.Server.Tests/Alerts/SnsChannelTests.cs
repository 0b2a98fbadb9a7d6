using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Vigie.Server.Tests;

/// <summary>Against a stand-in for Amazon SNS that makes the signature anew from what arrived.</summary>
public sealed class SnsChannelTests : IDisposable
{
    private const string KeyId = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Session = "IQoJb3JpZ2luX2VjEXAMPLE==";

    private readonly RecordedLog log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(Session)]
    public async Task A_topic_is_published_to_by_a_signed_call(string? session)
    {
        await using StandIn amazon = await StandIn.StartAsync(VerifiedAsync);
        AlertOptions options = Options(amazon, session: session);
        await SendAsync(options, TestNotices.Notice("n-1", alerts: TestNotices.Alert() with { Summary = "95 % of requests took > 200 ms & “more” – été ✈ +1 ~" + new string('x', 200) }));

        ReceivedRequest request = Assert.Single(amazon.Requests);
        Assert.Equal(session, request.Headers.GetValueOrDefault("x-amz-security-token"));
        Dictionary<string, StringValues> form = QueryHelpers.ParseQuery(request.Text);
        Assert.Equal("Publish", form["Action"]);
        Assert.Equal("2010-03-31", form["Version"]);
        Assert.Equal("arn:aws:sns:eu-west-3:123456789012:alerts", form["TopicArn"]);
        Assert.StartsWith("[Vigie] Critical: 95 % of requests took > 200 ms & \"more\" - ?t? ? +1 ~xxx", form["Subject"].ToString(), StringComparison.Ordinal);
        Assert.Equal(100, form["Subject"].ToString().Length);
        Assert.Contains("Thanks a lot ✈️😡", form["Message"].ToString(), StringComparison.Ordinal);
        Assert.Equal("n-1", form["MessageAttributes.entry.1.Value.StringValue"]);
    }

    [Fact]
    public async Task A_text_message_goes_to_every_phone_once_even_where_one_is_tried_again()
    {
        bool busy = true;
        await using StandIn amazon = await StandIn.StartAsync();
        amazon.Answer = (request, context) => busy && QueryHelpers.ParseQuery(request.Text)["PhoneNumber"] == "+33600000002"
            ? StandIn.Says(400, "<ErrorResponse><Error><Code>ThrottlingException</Code></Error></ErrorResponse>")(request, context)
            : VerifiedAsync(request, context);
        AlertOptions options = Options(amazon, topic: null) with { Sms = new SmsOptions { To = ["+33600000001", "+33600000002", "+33600000003"], SenderId = "Vigie" } };
        options.Check();
        using var channels = new AlertChannels(options, TimeProvider.System, log);
        Assert.False((await Assert.ThrowsAsync<DeliveryException>(() => Assert.Single(channels.All).SendAsync(TestNotices.Notice(), Cancel))).IsFinal);
        busy = false;
        await channels.All[0].SendAsync(TestNotices.Notice(), Cancel);

        Dictionary<string, StringValues>[] forms = [.. amazon.Requests.Select(request => QueryHelpers.ParseQuery(request.Text))];
        Assert.Equal(["+33600000001", "+33600000002", "+33600000003", "+33600000002"], forms.Select(form => form["PhoneNumber"].ToString()));
        Assert.All(forms, form => Assert.Equal("Vigie. Critical: 3 tweets were reported wrong within 5 minutes; the limit is 3 https://vigie.example.org", form["Message"]));
        Assert.All(forms, form => Assert.Equal(("Transactional", "Vigie"), (form["MessageAttributes.entry.1.Value.StringValue"].ToString(), form["MessageAttributes.entry.2.Value.StringValue"].ToString())));
    }

    [Fact]
    public async Task A_number_that_there_is_not_keeps_nobody_else_from_the_message()
    {
        await using StandIn amazon = await StandIn.StartAsync((request, context) => QueryHelpers.ParseQuery(request.Text)["PhoneNumber"] == "+33600000001"
            ? StandIn.Says(400, "<ErrorResponse><Error><Code>InvalidParameter</Code></Error></ErrorResponse>")(request, context)
            : Task.CompletedTask);
        await SendAsync(Options(amazon, topic: null) with { Sms = new SmsOptions { To = ["+33600000001", "+33600000002"] } }, TestNotices.Notice());
        Assert.Contains("1 of 2 were refused", Assert.Single(log.Lines), StringComparison.Ordinal);

        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Options(amazon, topic: null) with { Sms = new SmsOptions { To = ["+33600000001"] } }, TestNotices.Notice()));
        Assert.True(refused.IsFinal);
    }

    [Theory]
    [InlineData(403, "<Code>InvalidClientTokenId</Code>", true)]
    [InlineData(403, "<Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message>", true)]
    [InlineData(403, "<Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20261122T100000Z is now earlier than 20261124T095500Z</Message>", false)] // our clock is wrong
    [InlineData(400, "<Code>ThrottlingException</Code>", false)]
    [InlineData(404, "<Code>NotFound</Code>", true)]
    [InlineData(503, "<Code>ServiceUnavailable</Code>", false)]
    public async Task What_Amazon_refuses_is_final_or_not_by_what_it_says(int status, string answer, bool isFinal)
    {
        await using StandIn amazon = await StandIn.StartAsync(StandIn.Says(status, answer + Secret));
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Options(amazon), TestNotices.Notice()));
        Assert.Equal(isFinal, refused.IsFinal);
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eu-west-3", "https://sns.eu-west-3.amazonaws.com/")]
    [InlineData("us-gov-west-1", "https://sns.us-gov-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://sns.cn-north-1.amazonaws.com.cn/")]
    public void The_endpoint_is_the_region_s(string region, string endpoint) => Assert.Equal(endpoint, new SnsOptions { Region = region }.EffectiveEndpoint.ToString());

    private static AlertOptions Options(StandIn amazon, string? topic = "arn:aws:sns:eu-west-3:123456789012:alerts", string? session = null) => TestNotices.Loopback with
    {
        Sns = new SnsOptions { Topic = topic, Region = "eu-west-3", AccessKeyId = KeyId, SecretAccessKey = Secret, SessionToken = session, Endpoint = amazon.Url() },
    };

    private async Task SendAsync(AlertOptions options, AlertNotice notice)
    {
        options.Check();
        using var channels = new AlertChannels(options, TimeProvider.System, log);
        await Assert.Single(channels.All).SendAsync(notice, Cancel);
    }

    // Made from the request as it arrived and from nothing of ours: a step of the specification a line.
    private static Task VerifiedAsync(ReceivedRequest request, HttpContext context)
    {
        string authorization = request.Headers["Authorization"];
        string Part(string name) => authorization.Split([' ', ',']).Single(part => part.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
        string[] credential = Part("Credential").Split('/'), names = Part("SignedHeaders").Split(';');
        string time = request.Headers["x-amz-date"];
        bool isRecent = Math.Abs((DateTimeOffset.ParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - TimeProvider.System.GetUtcNow()).TotalMinutes) < 5;
        var canonical = new StringBuilder().Append(request.Method).Append('\n').Append(request.Path).Append("\n\n");
        foreach (string name in names) canonical.Append(name).Append(':').Append(request.Headers[name].Trim()).Append('\n');
        canonical.Append('\n').Append(string.Join(';', names)).Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData(request.Body)));
        string scope = string.Join('/', credential[1..]);
        string toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        byte[] key = credential[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), (key, step) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step)));
        string expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        bool isSigned = names.Contains("host") && names.Contains("x-amz-date") && names.Contains("content-type") && (names.Contains("x-amz-security-token") || !request.Headers.ContainsKey("x-amz-security-token"));
        bool good = isRecent && isSigned && credential is [KeyId, _, "eu-west-3", "sns", "aws4_request"] && Part("Signature") == expected && request.Headers["Host"] == context.Request.Host.Value;
        return StandIn.Says(good ? (int)HttpStatusCode.OK : (int)HttpStatusCode.Forbidden, good ? "<PublishResponse/>" : "<Code>SignatureDoesNotMatch</Code>")(request, context);
    }
}
