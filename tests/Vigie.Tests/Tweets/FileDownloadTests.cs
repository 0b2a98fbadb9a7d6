using System.Globalization;
using System.Security.Cryptography;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class FileDownloadTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TempFolder folder = new();
    private readonly HttpClient client = new();

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private Task<DownloadReport> GetAsync(ScriptedServer server, string? sha256 = "right", long? bytes = null, IProgress<DownloadProgress>? progress = null, double patience = 20)
    {
        var file = new PublishedFile("set", server.Address("set.zip"), bytes, sha256 == "right" ? Digest : sha256, "A set");
        var download = new FileDownload(client, TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1), Tries = 3, Patience = TimeSpan.FromSeconds(patience) };
        return download.RunAsync(file, folder.Path, progress, TestContext.Current.CancellationToken);
    }

    private static byte[] Whole(string _) => ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\nETag: \"v1\"", Content);

    private static byte[] CutAfter(int bytes) => ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\nETag: \"v1\"", Content.AsSpan(0, bytes));

    // What a server does that has the file under the tag it is asked about.
    private static byte[] Rest(string request, int send = int.MaxValue)
    {
        string range = request.Split("Range: bytes=")[1].Split('-')[0];
        int from = int.Parse(range, CultureInfo.InvariantCulture);
        return ScriptedServer.Answer(
            "206 Partial Content", $"Content-Length: {Content.Length - from}\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\nETag: \"v1\"",
            Content.AsSpan(from, Math.Min(send, Content.Length - from)));
    }

    private void AssertWhole(params string[] besides)
    {
        Assert.Equal(Content, File.ReadAllBytes(folder["set.zip"]));
        Assert.Equal(["set.zip", .. besides], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_file_arrives_whole_and_is_verified()
    {
        await using var server = new ScriptedServer(Whole);
        var reports = new List<DownloadProgress>();
        DownloadReport report = await GetAsync(server, bytes: Content.Length, progress: new Immediate(reports.Add));
        Assert.Equal(new DownloadReport(folder["set.zip"], Content.Length, Digest, true, Content.Length, 0), report);
        Assert.Equal(new DownloadProgress(0, Content.Length), reports[0]);
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), reports[^1]);
        AssertWhole();
    }

    [Fact]
    public async Task A_connection_cut_midway_is_taken_up_where_it_ended()
    {
        await using var server = new ScriptedServer(_ => CutAfter(100_000), request => Rest(request, 50_000), request => Rest(request));
        DownloadReport report = await GetAsync(server);
        Assert.Equal((2, Content.Length), (report.Restarts, report.Downloaded));
        Assert.Collection(
            server.Requests,
            first => Assert.DoesNotContain("Range:", first, StringComparison.Ordinal),
            second =>
            {
                Assert.Contains("Range: bytes=100000-", second, StringComparison.Ordinal);
                Assert.Contains("If-Range: \"v1\"", second, StringComparison.Ordinal);
            },
            third => Assert.Contains("Range: bytes=150000-", third, StringComparison.Ordinal));
        AssertWhole();
    }

    [Fact]
    public async Task A_later_run_continues_what_an_earlier_one_gave_up()
    {
        await using (var server = new ScriptedServer(_ => CutAfter(100_000), _ => ScriptedServer.Answer("503 Service Unavailable", "Content-Length: 0", [])))
        {
            DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => GetAsync(server));
            Assert.Contains("gave up after 3 tries: the server answered 503 Service Unavailable; 100000 bytes are kept", error.Message, StringComparison.Ordinal);
            Assert.Equal(4, server.Requests.Count);
            Assert.False(File.Exists(folder["set.zip"]));

            // The same address, so that the same download is meant.
            string origin = File.ReadAllText(folder["set.zip.partial.json"]);
            await using var later = new ScriptedServer(request => Rest(request));
            File.WriteAllText(folder["set.zip.partial.json"], origin.Replace(server.Address("").Authority, later.Address("").Authority, StringComparison.Ordinal));
            DownloadReport report = await GetAsync(later);
            Assert.Equal((Content.Length - 100_000, 0), (report.Downloaded, report.Restarts));
        }

        AssertWhole();
    }

    [Fact]
    public async Task Another_version_on_the_server_starts_anew()
    {
        byte[] second = ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\nETag: \"v2\"", Content);
        byte[] older = ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\nETag: \"v1\"", new byte[70_000]);
        await using var server = new ScriptedServer(_ => older, _ => second);
        DownloadReport report = await GetAsync(server);
        Assert.Equal(70_000 + Content.Length, report.Downloaded);
        AssertWhole();
    }

    [Fact]
    public async Task A_part_of_another_version_is_not_glued_on()
    {
        byte[] wrong = ScriptedServer.Answer("206 Partial Content", $"Content-Length: 200000\nContent-Range: bytes 100000-299999/300000\nETag: \"v2\"", new byte[200_000]);
        await using var server = new ScriptedServer(_ => CutAfter(100_000), _ => wrong, Whole);
        await GetAsync(server);
        Assert.DoesNotContain("Range:", server.Requests.Last(), StringComparison.Ordinal);
        AssertWhole();
    }

    [Fact]
    public async Task Without_a_strong_validator_nothing_is_continued()
    {
        byte[] weak = ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\nETag: W/\"v1\"", Content.AsSpan(0, 1000));
        await using var server = new ScriptedServer(_ => weak, Whole);
        await GetAsync(server);
        Assert.DoesNotContain("Range:", server.Requests.Last(), StringComparison.Ordinal);
        AssertWhole();
    }

    [Fact]
    public async Task The_time_of_the_last_change_is_validator_enough()
    {
        const string time = "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT";
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length}\n{time}", Content.AsSpan(0, 1000)), request => Rest(request));
        await GetAsync(server);
        Assert.Contains("If-Range: Wed, 21 Oct 2015 07:28:00 GMT", server.Requests.Last(), StringComparison.Ordinal);
        AssertWhole();
    }

    [Theory]
    [InlineData(300_000, 1)] // all is here already: the last try ended before the renaming
    [InlineData(250_000, 2)] // the file on the server became shorter, so what is here is of another one
    public async Task A_416_means_whole_or_start_anew(int length, int requests)
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("416 Range Not Satisfiable", $"Content-Length: 0\nContent-Range: bytes */{length}", []), Whole);
        File.WriteAllBytes(folder["set.zip.partial"], Content);
        File.WriteAllText(folder["set.zip.partial.json"], $$"""{"Address":"{{server.Address("set.zip")}}","ETag":"\u0022v1\u0022"}""");
        await GetAsync(server);
        Assert.Equal(requests, server.Requests.Count);
        AssertWhole();
    }

    [Fact]
    public async Task A_length_that_is_never_reached_ends_the_tries()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("200 OK", $"Content-Length: {Content.Length + 5}\nETag: \"v1\"", Content), request => ScriptedServer.Answer(
            "206 Partial Content", $"Content-Length: 5\nContent-Range: bytes {Content.Length}-{Content.Length + 4}/{Content.Length + 5}\nETag: \"v1\"", []));
        await Assert.ThrowsAsync<DownloadException>(() => GetAsync(server));
        Assert.Equal(4, server.Requests.Count);
        Assert.False(File.Exists(folder["set.zip"]));
    }

    [Fact]
    public async Task A_length_too_short_is_found_by_size_and_by_checksum()
    {
        static byte[] Short(string _) => ScriptedServer.Answer("200 OK", "Content-Length: 1000\nETag: \"v1\"", Content);
        await using (var server = new ScriptedServer(Short))
        {
            DownloadException size = await Assert.ThrowsAsync<DownloadException>(() => GetAsync(server, bytes: Content.Length));
            Assert.Contains("offers 1000 bytes, the published file has 300000", size.Message, StringComparison.Ordinal);
            DownloadException checksum = await Assert.ThrowsAsync<DownloadException>(() => GetAsync(server));
            Assert.Contains(Digest, checksum.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("404 Not Found", "Content-Length: 0", []));
        Assert.Contains("404 Not Found", (await Assert.ThrowsAsync<DownloadException>(() => GetAsync(server))).Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Silence_before_and_within_an_answer_is_a_broken_off_try()
    {
        byte[] half = CutAfter(1000);
        await using var server = new ScriptedServer(_ => null, _ => half, request => Rest(request));
        DownloadReport report = await GetAsync(server, patience: 0.3);
        Assert.Equal(2, report.Restarts);
        AssertWhole();
    }

    [Fact]
    public async Task A_checksum_nobody_published_is_remembered_and_verified_later()
    {
        await using var server = new ScriptedServer(Whole);
        Assert.False((await GetAsync(server, sha256: null)).Verified);
        AssertWhole("set.zip.sha256");
        Assert.Equal($"{Digest}  set.zip\n", File.ReadAllText(folder["set.zip.sha256"]));
        DownloadReport again = await GetAsync(server, sha256: null);
        Assert.Equal((true, 0), (again.Verified, again.Downloaded));
        Assert.Single(server.Requests);

        File.WriteAllText(folder["set.zip"], "something else");
        Assert.Contains("is not the published file", (await Assert.ThrowsAsync<InvalidInputException>(() => GetAsync(server, sha256: null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_keeps_what_arrived_for_the_next_run()
    {
        await using var server = new ScriptedServer(_ => CutAfter(100_000), _ => null);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var file = new PublishedFile("set", server.Address("set.zip"), null, Digest, "A set");
        var download = new FileDownload(client, TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1) };
        Task<DownloadReport> running = download.RunAsync(file, folder.Path, cancellation: source.Token);
        while (server.Requests.Count < 2) await Task.Delay(5, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(100_000, new FileInfo(folder["set.zip.partial"]).Length);
    }

    [Fact]
    public void The_catalogue_names_complete_addresses_and_checksums()
    {
        Assert.All(PublishedFile.All, file =>
        {
            Assert.EndsWith(".zip", file.FileName, StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256!);
            Assert.Same(file, PublishedFile.Named(file.Name, PublishedFile.All));
        });
        Assert.Contains("sentiment140, glove-6b", Assert.Throws<InvalidInputException>(() => PublishedFile.Named("glove", PublishedFile.All)).Message, StringComparison.Ordinal);
    }

    private sealed class Immediate(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
