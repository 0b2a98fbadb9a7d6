using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

/// <summary>https by settings.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates certificates = new();
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => certificates.Dispose();

    [Theory]
    [InlineData("pem, key beside it")]
    [InlineData("pem with its key")]
    [InlineData("pem, key encrypted")]
    [InlineData("pfx")]
    public async Task A_certificate_is_shown_with_its_chain_whatever_its_form(string form)
    {
        string thumbprint = form switch
        {
            "pem with its key" => certificates.Write("c.pem", "c.pem"),
            "pem, key encrypted" => certificates.Write("c.pem", "k.pem", "sesame-17"),
            "pfx" => certificates.WritePfx("c.pem", "sesame-17"),
            _ => certificates.Write("c.pem", "k.pem"),
        };
        await using RunningServer server = await StartAsync(new TlsOptions
        {
            Certificate = certificates.At("c.pem"),
            Key = form is "pfx" or "pem with its key" ? null : certificates.At("k.pem"),
            Password = form is "pfx" or "pem, key encrypted" ? "sesame-17" : null,
        });

        (string seen, HttpResponseMessage answer) = await AskAsync(server.Address, HttpVersion.Version20);
        Assert.Equal((thumbprint, HttpStatusCode.OK, HttpVersion.Version20), (seen, answer.StatusCode, answer.Version));
        Assert.Equal(HttpVersion.Version11, (await AskAsync(server.Address, HttpVersion.Version11)).Answer.Version);
    }

    [Fact]
    public async Task A_renewal_is_taken_up_without_a_restart_once_certificate_and_key_fit()
    {
        string first = certificates.Write("c.pem", "k.pem");
        await using RunningServer server = await StartAsync(new TlsOptions { Certificate = certificates.At("c.pem"), Key = certificates.At("k.pem") });
        Assert.Equal(first, (await AskAsync(server.Address)).Seen);

        string second = certificates.Write("c2.pem", "k2.pem");
        File.Move(certificates.At("c2.pem"), certificates.At("c.pem"), overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, (await AskAsync(server.Address)).Seen); // half of it
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, (await AskAsync(server.Address)).Seen);
        Assert.Single(server.Log.Lines, line => line.Contains("is not taken yet", StringComparison.Ordinal));

        File.Move(certificates.At("k2.pem"), certificates.At("k.pem"), overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second, (await AskAsync(server.Address)).Seen);
    }

    [Fact]
    public async Task Several_addresses_are_served_at_once()
    {
        certificates.Write("c.pem", "k.pem");
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions
        {
            Urls = ["http://127.0.0.1:0", "https://127.0.0.1:0"],
            Tls = new TlsOptions { Certificate = certificates.At("c.pem"), Key = certificates.At("k.pem") },
        });
        Assert.Equal(["http", "https"], server.Addresses.Select(address => address.Scheme).Order(StringComparer.Ordinal));
        foreach (Uri address in server.Addresses) Assert.Equal(HttpStatusCode.OK, (await AskAsync(address)).Answer.StatusCode);
    }

    [Fact]
    public async Task Old_protocols_and_plain_http_are_refused()
    {
        certificates.Write("c.pem", "k.pem");
        await using RunningServer server = await StartAsync(new TlsOptions { Certificate = certificates.At("c.pem"), Key = certificates.At("k.pem") });
#pragma warning disable SYSLIB0039, CA5397 // that it is refused is the point
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
        Assert.Equal(SslProtocols.Tls12, await HandshakeAsync(SslProtocols.Tls12));
        Assert.Equal(SslProtocols.Tls13, await HandshakeAsync(SslProtocols.Tls13));
        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/health")));

        async Task<SslProtocols> HandshakeAsync(SslProtocols protocol)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
#pragma warning disable CA5359 // who answers is not the point here
            using var stream = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol });
            return stream.SslProtocol;
        }
    }

    [Fact]
    public async Task What_is_no_certificate_stops_the_start_without_telling_the_password()
    {
        certificates.Write("c.pem", "k.pem", "right-word");
        certificates.WritePfx("c.pfx", "right-word");
        certificates.Write("other.pem", "other-key.pem");
        await File.WriteAllTextAsync(certificates.At("noise.pem"), "noise");
        foreach ((string certificate, string? key, string? password) in ((string, string?, string?)[])
        [
            ("c.pem", "k.pem", "wrong-word"), ("c.pem", "k.pem", null), ("c.pfx", null, "wrong-word"), ("c.pfx", null, null), ("c.pfx", "k.pem", "right-word"),
            ("c.pem", "other-key.pem", null), ("c.pem", null, null), ("noise.pem", null, null), ("nowhere.pem", null, null), ("c.pem", "nowhere.pem", null),
        ])
        {
            string message = (await Assert.ThrowsAsync<InvalidInputException>(() => StartAsync(new TlsOptions { Certificate = certificates.At(certificate), Key = key is null ? null : certificates.At(key), Password = password }))).Message;
            Assert.StartsWith("tls.", message, StringComparison.Ordinal);
            Assert.DoesNotContain("-word", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_warned_of()
    {
        certificates.Write("c.pem", "k.pem");
        clock.Advance(TimeSpan.FromDays(80));
        await using RunningServer server = await StartAsync(new TlsOptions { Certificate = certificates.At("c.pem"), Key = certificates.At("k.pem") });
        Assert.Contains(server.Log.Lines, line => line.Contains("the certificate CN=localhost is good until", StringComparison.Ordinal));
    }

    private Task<RunningServer> StartAsync(TlsOptions tls) => RunningServer.StartAsync(new ServerOptions { Url = "https://127.0.0.1:0", Tls = tls, Clock = clock });

    private async Task<(string Seen, HttpResponseMessage Answer)> AskAsync(Uri address, Version? version = null)
    {
        string seen = "";
        using var client = new HttpClient(certificates.Trusting(certificate => seen = certificate.Thumbprint)); // a connection of its own each time
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/health")) { Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        HttpResponseMessage answer = await client.SendAsync(request);
        return (seen, answer);
    }
}
