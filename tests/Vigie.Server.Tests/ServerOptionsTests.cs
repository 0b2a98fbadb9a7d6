using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;

namespace Vigie.Server.Tests;

/// <summary>Where the server listens is said before it does, and it listens nowhere else.</summary>
public sealed class ServerOptionsTests
{
    [Theory]
    [InlineData("http://intranet.example:5199")]
    [InlineData("http://db:5199")]
    [InlineData("http://+.example.com:5199")]
    [InlineData("http://*evil:5199")]
    [InlineData("http://localhost.example:5199")]
    [InlineData("http://bücher.example:5199")]
    public void A_name_is_no_address_to_listen_on(string url)
    {
        string message = Assert.Throws<InvalidInputException>(new ServerOptions { Url = url }.Check).Message;
        Assert.Contains(url, message, StringComparison.Ordinal);
        Assert.Contains("is a name", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5199")]
    [InlineData("http://LOCALHOST:5199/")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.8.9.10:5199")]
    [InlineData("http://[::1]:5199")]
    public void This_machine_alone_needs_no_leave(string url) => new ServerOptions { Url = url }.Check();

    [Fact]
    public async Task Only_the_loopback_addresses_of_localhost_are_listened_on()
    {
        await using WebApplication app = VigieServer.Create(new ServerOptions { Url = "http://localhost:0" }, SmallModels.TwoClasses);
        int port = (await app.ListenAsync(TestContext.Current.CancellationToken)).Port;
        IPEndPoint[] listeners = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port)];
        Assert.NotEmpty(listeners);
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener} listens"));
    }

    [Fact]
    public async Task A_port_of_every_address_that_is_taken_is_told()
    {
        using var keys = await TestKeys.WithAsync("ada", Scope.Predict);
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using WebApplication app = VigieServer.Create(new ServerOptions { Url = $"http://*:{port}", Access = keys.Access, Tls = new TlsOptions { TerminatedByProxy = true } }, SmallModels.TwoClasses);
        string message = (await Assert.ThrowsAsync<IOException>(() => app.ListenAsync(TestContext.Current.CancellationToken))).Message;
        Assert.StartsWith($"http://*:{port} is taken", message, StringComparison.Ordinal);
        Assert.Contains("such as --urls http://0.0.0.0:", message, StringComparison.Ordinal);
    }
}
