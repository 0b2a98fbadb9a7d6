using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vigie.Server.Tests;

/// <summary>One limit for two servers, through a real Redis that comes and goes.</summary>
public sealed class SharedLimitTests
{
    private const string Tweet = "{\"text\":\"lovely crew\"}";

    [Fact]
    public async Task Two_servers_let_through_as_much_as_one()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis, 100), two = await StartAsync(redis, 100);

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 240).Select(i => (i % 2 == 0 ? one : two).PostAsync("/predict", Tweet)));

        Assert.Equal(100, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(140, answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests));
        Assert.Equal(
            Enumerable.Range(0, 100), answers.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => int.Parse(answer.Headers.GetValues("X-RateLimit-Remaining").Single(), CultureInfo.InvariantCulture)).Order());
        Assert.All(answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests), answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 55, 61));
    }

    [Fact]
    public async Task What_was_counted_there_is_given_back_by_the_clock_of_Redis()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis, 3, TimeSpan.FromSeconds(1)), two = await StartAsync(redis, 3, TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await one.PostAsync("/predict", Tweet)).Status);
        Answer refused = await two.PostAsync("/predict", Tweet);
        refused.Problem(HttpStatusCode.TooManyRequests, null);
        Assert.Equal("\"requests\";r=0;t=1", refused.Headers.GetValues("RateLimit").Single());

        await RedisProcess.Until(() => two.PostAsync("/predict", Tweet), answer => answer.Status == HttpStatusCode.OK, "the window passes");
        await RedisProcess.Until(() => redis.AskAsync("DBSIZE"), size => size.StartsWith(":1\r", StringComparison.Ordinal), "quiet clients are forgotten"); // the probe's key stays
    }

    [Fact]
    public async Task Redis_stopped_and_started_every_prediction_answered()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer server = await StartAsync(redis, 1_000_000);
        using var stop = new CancellationTokenSource();
        Task<int>[] load = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            int answered = 0;
            for (; !stop.IsCancellationRequested; answered++) Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Tweet)).Status);
            return answered;
        }))];
        for (int round = 1; round <= 2; round++)
        {
            await redis.KillAsync();
            await LoggedAsync(server, "does not answer", round);
            await redis.StartAsync();
            await LoggedAsync(server, "answers again", round);
            await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:rate:requests:*"), keys => keys.StartsWith("*1\r", StringComparison.Ordinal), "requests are counted there again");
        }

        await redis.SignalAsync("STOP"); // it holds its connections and says nothing
        await LoggedAsync(server, "does not answer", 3);
        await redis.SignalAsync("CONT");
        await LoggedAsync(server, "answers again", 3);
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), answered => Assert.True(answered > 0));
    }

    [Fact]
    public async Task Without_Redis_each_server_counts_what_it_has_let_through_with_it()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis, 10), two = await StartAsync(redis, 10);
        for (int i = 0; i < 6; i++) Assert.Equal(HttpStatusCode.OK, (await one.PostAsync("/predict", Tweet)).Status);
        Assert.Equal("3", (await two.PostAsync("/predict", Tweet)).Headers.GetValues("X-RateLimit-Remaining").Single());

        await redis.KillAsync();
        Assert.Equal("3", (await one.PostAsync("/predict", Tweet)).Headers.GetValues("X-RateLimit-Remaining").Single());
        Assert.Equal("8", (await two.PostAsync("/predict", Tweet)).Headers.GetValues("X-RateLimit-Remaining").Single());
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_delays_no_start()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Redis = new RedisOptions { Url = "redis://127.0.0.1:1" }, RateLimit = new RateLimitOptions { Requests = 2 } });
        for (int i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Tweet)).Status);
        (await server.PostAsync("/predict", Tweet)).Problem(HttpStatusCode.TooManyRequests, null);
        await LoggedAsync(server, "redis://127.0.0.1:1 does not answer", 1);
    }

    [Fact]
    public async Task A_password_and_a_certificate_are_used_and_the_password_is_never_told()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync(); // for its folder
        string ca = Certify(redis.Folder);
        await using RedisProcess closed = await RedisProcess.StartNewAsync(
            "--requirepass", "open-sesame-17", "--tls-port", "TLSPORT", "--tls-cert-file", $"{redis.Folder}/cert.pem", "--tls-key-file", $"{redis.Folder}/key.pem", "--tls-ca-cert-file", ca, "--tls-auth-clients", "no");
        var options = new RedisOptions { Url = $"rediss://localhost:{closed.TlsPort}/2", Password = "open-sesame-17", CaFile = ca };

        await using (RunningServer server = await StartAsync(options, 10))
            Assert.Equal("9", (await server.PostAsync("/predict", Tweet)).Headers.GetValues("X-RateLimit-Remaining").Single());
        foreach (RedisOptions wrong in (RedisOptions[])[options with { Password = "open-sesame-18" }, options with { CaFile = null }])
        {
            await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Redis = wrong });
            await LoggedAsync(server, "does not answer", 1);
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Tweet)).Status);
            Assert.DoesNotContain(server.Log.Lines, line => line.Contains("sesame", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("sesame", new ServerOptions { Redis = options }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:6379", "redis.url is 'localhost:6379', expected redis://HOST:PORT")]
    [InlineData("http://localhost", "redis.url is 'http://localhost', expected redis://HOST:PORT")]
    [InlineData("redis://localhost/one", "'one' is no number of a database")]
    [InlineData("redis://u:open-sesame@localhost", "put it into redis.password")]
    [InlineData("http://u:open-sesame@localhost", "redis.url: expected redis://HOST:PORT")]
    public void A_wrong_address_is_told_without_its_password(string url, string message)
    {
        string told = Assert.Throws<InvalidInputException>(new ServerOptions { Redis = new RedisOptions { Url = url } }.Check).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_stops_the_start()
    {
        string file = Path.GetTempFileName();
        foreach (string path in (string[])[file, file + ".missing"])
        {
            var options = new ServerOptions { Redis = new RedisOptions { Url = "rediss://localhost", CaFile = path } };
            Assert.StartsWith($"redis.ca_file is {path}: no certificate can be read from it", Assert.Throws<InvalidInputException>(options.Check).Message, StringComparison.Ordinal);
        }

        File.Delete(file);
        Assert.Contains("certificates are for rediss://", Assert.Throws<InvalidInputException>(new ServerOptions { Redis = new RedisOptions { Url = "redis://localhost", CaFile = file } }.Check).Message, StringComparison.Ordinal);
    }

    private static Task<RunningServer> StartAsync(RedisProcess redis, int requests, TimeSpan? window = null) => StartAsync(new RedisOptions { Url = redis.Url }, requests, window);

    private static async Task<RunningServer> StartAsync(RedisOptions redis, int requests, TimeSpan? window = null)
    {
        // A busy machine may take longer than 50 ms over an answer, and which limiter counts is what is tested.
        RunningServer server = await RunningServer.StartAsync(new ServerOptions
        {
            Redis = redis with { Timeout = TimeSpan.FromSeconds(2) },
            RateLimit = new RateLimitOptions { Requests = requests, Window = window ?? TimeSpan.FromMinutes(1) },
        });
        RedisLink link = server.Get<RedisLink>();
        await RedisProcess.Until(() => Task.FromResult(link.IsUp), up => up, "the server reaches Redis");
        return server;
    }

    private static Task<int> LoggedAsync(RunningServer server, string what, int times) => RedisProcess.Until(
        () => Task.FromResult(server.Log.Lines.Count(line => line.Contains(what, StringComparison.Ordinal))), count => count == times, $"'{what}' is logged {times} times: {string.Join('\n', server.Log.Lines)}");

    private static string Certify(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return Path.Combine(folder, "cert.pem");
    }
}
