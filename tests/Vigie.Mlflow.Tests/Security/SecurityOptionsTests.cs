using System.Net;
using Vigie.Mlflow.Security;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Tests.Security;

public sealed class SecurityOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://127.8.8.8:5000")]
    [InlineData("http://localhost:5000")]
    [InlineData("http://[::1]:5000")]
    public void An_open_server_may_listen_on_loopback(string url)
    {
        var options = new MlflowServerOptions { Url = url };
        Assert.Contains("open", options.Security.Notice(options.Validated()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://+:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://192.168.1.5:5000")]
    [InlineData("http://8.8.8.8:5000")]
    public void On_any_other_address_a_server_does_not_start_without_authentication(string url)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new MlflowServerOptions { Url = url }.Validated());
        Assert.Contains("authentication", refused.Message, StringComparison.Ordinal);

        var closed = new MlflowServerOptions { Url = url, Security = new SecurityOptions { Authentication = true } };
        Assert.Contains("closed", closed.Security.Notice(closed.Validated()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://mlflow.example.org")]
    [InlineData("mlflow.example.org:5000")]
    [InlineData("mlflow.example.org/path")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("*")]
    public void A_malformed_host_stops_the_start(string host) =>
        Assert.Throws<ArgumentException>(() => new MlflowServerOptions { Security = new SecurityOptions { AllowedHosts = [host] } }.Validated());

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("10.0.0.7", true)] // what the connection came in at
    [InlineData("10.0.0.8", false)]
    [InlineData("mlflow.example.org", true)]
    [InlineData("Mlflow.Example.Org", true)]
    [InlineData("a.team.example.org", true)]
    [InlineData("a.b.team.example.org", true)]
    [InlineData("team.example.org", false)]
    [InlineData("evilteam.example.org", false)]
    [InlineData("evil.example.com", false)]
    [InlineData("localhost.evil.example.com", false)]
    [InlineData("127.0.0.1.evil.example.com", false)]
    [InlineData("mlflow.example.org.evil.com", false)]
    [InlineData("", false)]
    public void Only_own_names_are_allowed(string host, bool allowed)
    {
        var options = new SecurityOptions { AllowedHosts = ["mlflow.example.org", "*.team.example.org"] };
        Assert.Equal(allowed, options.Allows(host, IPAddress.Parse("10.0.0.7")));
    }
}
