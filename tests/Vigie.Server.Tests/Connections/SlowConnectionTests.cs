using System.Net;

namespace Vigie.Server.Tests;

/// <summary>Who holds connections open and sends nothing keeps nobody else out.</summary>
public sealed class SlowConnectionTests
{
    [Fact]
    public async Task When_there_are_too_many_the_quiet_ones_make_room()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Connections = new ConnectionOptions { Most = 64 } });
        using RawConnection regular = await RawConnection.OpenAsync(server.Address);
        await regular.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await regular.ReadAsync(), StringComparison.Ordinal);
        List<RawConnection> slow = await OpenSlowAsync(server, 300);
        try
        {
            for (int i = 0; i < 20; i++)
            {
                using var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
            }

            // Whoever has asked before goes on; whoever never did and came first had to go.
            await regular.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await regular.ReadToEndAsync(), StringComparison.Ordinal);
            Assert.Equal("", await slow[0].ReadToEndAsync());
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    [Trait("Category", "Slow")] // Kestrel gives five seconds of grace
    public async Task Headers_and_bodies_that_do_not_come_end_the_connection()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Connections = new ConnectionOptions { HeaderTimeout = TimeSpan.FromSeconds(1), IdleTimeout = TimeSpan.FromSeconds(1), SlowestRate = 1_000_000 } });
        Task<string> headers = RawConnection.AskAsync(server.Address, "GET /health HTTP/1.1\r\nHost: loc");
        Task<string> nothing = RawConnection.AskAsync(server.Address, "");
        Task<string> body = RawConnection.AskAsync(server.Address, "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
        Assert.Contains(" 408 ", await headers, StringComparison.Ordinal);
        Assert.Equal("", await nothing);
        Assert.Contains(" 408 ", await body, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Five_thousand_slow_ones_leave_the_others_answered()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        List<RawConnection> slow = await OpenSlowAsync(server, 5_000);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                for (int i = 0; i < 50; i++) Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", """{"text":"lovely crew"}""")).Status);
            }));
            using var newcomer = new HttpClient { BaseAddress = server.Address };
            Assert.Equal(HttpStatusCode.OK, (await newcomer.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<List<RawConnection>> OpenSlowAsync(RunningServer server, int count)
    {
        var slow = new List<RawConnection>();
        for (int i = 0; i < count; i++)
        {
            RawConnection connection = await RawConnection.OpenAsync(server.Address);
            slow.Add(connection);
            await connection.SendAsync(i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: localhost\r\nX: " : "");
        }

        return slow;
    }
}
