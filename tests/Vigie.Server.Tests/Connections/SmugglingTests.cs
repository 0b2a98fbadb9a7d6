using System.Text.RegularExpressions;

namespace Vigie.Server.Tests;

/// <summary>Requests that two servers could read in two ways are refused, and nothing behind them is read.</summary>
public sealed partial class SmugglingTests : IAsyncLifetime
{
    private const string Start = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private const string Tweet = """{"text":"lovely crew"}""";
    private const string Chunks = "16\r\n" + Tweet + "\r\n0\r\n\r\n";
    private const string Hidden = "GET /model/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task What_is_well_said_is_answered()
    {
        Assert.Equal("200", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{Chunks}")));
        Assert.Equal("200", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Content-Length: {Tweet.Length}\r\nConnection: close\r\n\r\n{Tweet}")));
        Assert.Equal("200 200", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Transfer-Encoding: chunked\r\n\r\n{Chunks}{Hidden}")));
    }

    [Theory]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 6")]
    [InlineData("transfer-encoding: CHUNKED\r\ncontent-length: 0")]
    [InlineData("Content-Length: 32\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nX-Content-Length: 6")] // as Kestrel leaves it; nobody else says that
    public async Task Two_lengths_are_refused_and_the_connection_ends(string lengths)
    {
        string answer = await RawConnection.AskAsync(server.Address, $"{Start}{lengths}\r\n\r\n{Chunks}{Hidden}{Hidden}");
        Assert.Equal("400", Statuses(answer));
        Assert.Contains("urn:vigie:problem:two-lengths", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("digest", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 22\r\nContent-Length: 22")]
    [InlineData("Content-Length: 22\r\nContent-Length: 5")]
    [InlineData("Content-Length: 22, 22")]
    [InlineData("Content-Length: 0x16")]
    [InlineData("Content-Length: 22 22")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length : 22")]
    [InlineData(" Content-Length: 22")]
    [InlineData("X: a\r\n Content-Length: 22")]
    [InlineData("X: a\rContent-Length: 22")]
    [InlineData("X: a\nContent-Length: 22")]
    [InlineData("Content\0-Length: 22")]
    [InlineData("Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: gzip, chunked, gzip")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Transfer-Encoding: \u000bchunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")]
    [InlineData("Transfer\u00a0Encoding: chunked")]
    [InlineData("Host: evil.example\r\nContent-Length: 22")]
    public async Task A_length_that_means_nothing_or_several_things_is_refused(string lengths)
    {
        string answer = await RawConnection.AskAsync(server.Address, $"{Start}{lengths}\r\n\r\n{Tweet}{Hidden}");
        Assert.Matches("^4[0-9][0-9]$", Statuses(answer));
        Assert.DoesNotContain("digest", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ZZ\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("16 \r\n{\"text\":\"lovely crew\"}\r\n0\r\n\r\n")]
    [InlineData("16;a=b\nx\r\n{\"text\":\"lovely crew\"}\r\n0\r\n\r\n")] // a bare line feed in an extension, where servers disagree
    [InlineData("16\n{\"text\":\"lovely crew\"}\n0\n\n")]
    [InlineData("16\r\n{\"text\":\"lovely crew\"}XX0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("7FFFFFFF0\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task Chunks_that_are_none_are_refused(string body)
    {
        string answer = await RawConnection.AskAsync(server.Address, $"{Start}Transfer-Encoding: chunked\r\n\r\n{body}{Hidden}");
        Assert.StartsWith("4", Statuses(answer), StringComparison.Ordinal);
        Assert.DoesNotContain("digest", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Floods_of_chunks_headers_and_lines_end_at_their_limits()
    {
        string tiny = string.Concat(Enumerable.Repeat("1\r\n \r\n", 400_000)); // 2.4 MB that are 400 KB of spaces
        Assert.Equal("413", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{tiny}")));
        Assert.Equal("431", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}{string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: a\r\n"))}\r\n")));
        Assert.Equal("431", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}X: {new string('a', 20_000)}\r\n\r\n")));
        Assert.Equal("414", Statuses(await RawConnection.AskAsync(server.Address, $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        string trailers = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"X-{i}: a\r\n"));
        Assert.Matches("^4[0-9][0-9]$", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n16\r\n{Tweet}\r\n0\r\n{trailers}\r\n")));
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Equal("200", Statuses(await RawConnection.AskAsync(server.Address, $"{Start}Content-Length: {Tweet.Length}\r\nConnection: close\r\n\r\n{Tweet}")));
    }

    /// <summary>Of all answers on a connection, in order.</summary>
    private static string Statuses(string answer) => string.Join(' ', StatusLine().Matches(answer).Select(match => match.Groups[1].Value));

    [GeneratedRegex(@"HTTP/1\.1 ([0-9]{3}) ")]
    private static partial Regex StatusLine();
}
