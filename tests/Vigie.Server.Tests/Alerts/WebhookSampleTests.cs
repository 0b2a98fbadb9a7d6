using System.Diagnostics;
using System.Text.Json;
using MyReceiver;

namespace Vigie.Server.Tests;

/// <summary>What docs/alerts-channels.md tells receivers to do works.</summary>
public sealed class WebhookSampleTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly string Page = File.ReadAllText(Path.Combine(SharedData.Repository, "docs", "alerts-channels.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task A_message_is_verified_as_the_page_says_in_csharp()
    {
        string sample = File.ReadAllText(Path.Combine(SharedData.Repository, "tests", "Vigie.Server.Tests", "Alerts", "VerifyWebhook.cs")).ReplaceLineEndings("\n");
        Assert.Contains($"```csharp\n{sample.TrimEnd()}\n```", Page, StringComparison.Ordinal);

        ReceivedRequest request = await RequestAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        bool Verified(byte[] body, DateTimeOffset at, string secret = Secret) =>
            VerifyWebhook.IsGenuine(secret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body, at);
        Assert.True(Verified(request.Body, now));
        Assert.False(Verified([.. request.Body, 32], now));
        Assert.False(Verified(request.Body, now.AddMinutes(6)));
        Assert.False(Verified(request.Body, now, "another secret of thirty-two bytes"));
    }

    [Fact]
    public async Task A_message_is_verified_as_the_page_says_in_python()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python), "Python is not installed: apt-get install python3");
        int start = Page.IndexOf("```python\n", StringComparison.Ordinal) + "```python\n".Length;
        string sample = Page[start..Page.IndexOf("\n```", start, StringComparison.Ordinal)];
        string program = sample + """


            import json, sys
            sent = json.load(sys.stdin)
            body = base64.b64decode(sent["body"])
            print([is_genuine(sent["secret"], sent["headers"], body), is_genuine(sent["secret"], sent["headers"], body + b" "), is_genuine("x" * 32, sent["headers"], body)])
            """.ReplaceLineEndings("\n");
        ReceivedRequest request = await RequestAsync();
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Dictionary<string, string> headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(new { secret = Secret, headers, body = Convert.ToBase64String(request.Body) }));
        process.StandardInput.Close();
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(said.Trim() == "[True, False, False]", said + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<ReceivedRequest> RequestAsync()
    {
        await using StandIn receiver = await StandIn.StartAsync();
        using var log = new RecordedLog();
        using var channels = new AlertChannels(TestNotices.Loopback with { Webhook = new WebhookOptions { Url = receiver.Url(), Secret = Secret } }, TimeProvider.System, log);
        await channels.All[0].SendAsync(TestNotices.Notice(), TestContext.Current.CancellationToken);
        return Assert.Single(receiver.Requests);
    }
}
