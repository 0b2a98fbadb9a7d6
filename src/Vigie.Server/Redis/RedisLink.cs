using System.Diagnostics.Metrics;
using System.Net;
using StackExchange.Redis;

namespace Vigie.Server;

/// <summary>
/// The one connection to Redis, which may be away at any time: requests then go on without it at once, and only this looks whether it is back. A request never
/// waits longer than <see cref="RedisOptions.Timeout"/>, and after a lost connection, or three failures in a row, none waits at all.
/// </summary>
internal sealed partial class RedisLink : BackgroundService
{
    private const int MostFailures = 3;

    /// <summary>How often a Redis that is away is asked whether it is back.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(250);

    private readonly RedisOptions options;
    private readonly ILogger<RedisLink> log;
    private readonly Counter<long> failed;
    private ConnectionMultiplexer? connection;
    private IDatabase? database;
    private volatile bool up, told;
    private int failures;

    public RedisLink(RedisOptions options, IMeterFactory meters, ILogger<RedisLink> log)
    {
        (this.options, this.log) = (options, log);
        Meter meter = meters.Create(ServerMetrics.MeterName);
        meter.CreateObservableGauge("vigie.redis.up", () => up ? 1 : 0, description: "1 while Redis answers");
        failed = meter.CreateCounter<long>("vigie.redis.failures", description: "Questions that Redis did not answer in time, or at all");
    }

    /// <summary>Whether Redis answered when it was last asked.</summary>
    public bool IsUp => up;

    /// <summary>What keys begin with.</summary>
    public string Prefix => options.Prefix;

    /// <summary>Asks Redis something.</summary>
    /// <param name="state">Handed to <paramref name="ask"/>.</param>
    /// <param name="ask">Sends one command.</param>
    /// <returns>Whether it answered in time, and what.</returns>
    public async ValueTask<(bool Answered, T? Value)> AskAsync<TState, T>(TState state, Func<IDatabase, TState, Task<T>> ask)
    {
        if (!up) return (false, default);
        try
        {
            T value = await ask(database!, state).WaitAsync(options.Timeout);
            failures = 0;
            return (true, value);
        }
        catch (Exception fault) when (IsAway(fault))
        {
            Failed(fault);
            return (false, default);
        }
    }

    /// <summary>Sends something that no request waits for.</summary>
    public void Tell<TState>(TState state, Func<IDatabase, TState, Task> send)
    {
        if (up) _ = TellAsync(state, send);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!up && await ConnectAsync() && await ProbeAsync())
            {
                up = true;
                if (told) Back(options.Url!);
                told = false;
            }

            await Task.Delay(ProbeEvery, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        up = false;
        await base.StopAsync(cancellationToken);
        if (connection is null) return;
        await connection.CloseAsync(allowCommandsToComplete: false); // nobody waits for them any more
        await connection.DisposeAsync();
    }

    // Whether or not Redis is there: from then on the connection itself tries again.
    private async Task<bool> ConnectAsync()
    {
        if (connection is not null) return true;
        try
        {
            connection = await ConnectionMultiplexer.ConnectAsync(Configuration());
        }
        catch (Exception fault) when (IsAway(fault))
        {
            Away(fault);
            return false;
        }

        database = connection.GetDatabase(options.Parse().Database);
        return true;
    }

    // A write: a Redis that is full, or a replica that only reads, is of no use here though it answers.
    private async Task<bool> ProbeAsync()
    {
        try
        {
            await database!.StringSetAsync(options.Prefix + "probe", 1, TimeSpan.FromSeconds(10)).WaitAsync(TimeSpan.FromSeconds(1));
            failures = 0;
            return true;
        }
        catch (Exception fault) when (IsAway(fault))
        {
            Away(fault);
            return false;
        }
    }

    private async Task TellAsync<TState>(TState state, Func<IDatabase, TState, Task> send)
    {
        try
        {
            await send(database!, state);
        }
        catch (Exception fault) when (IsAway(fault))
        {
            Failed(fault);
        }
    }

    private static bool IsAway(Exception fault) => fault is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;

    private void Failed(Exception fault)
    {
        failed.Add(1);
        if (Interlocked.Increment(ref failures) < MostFailures && fault is not RedisConnectionException) return;
        up = false;
        Away(fault);
    }

    private void Away(Exception fault)
    {
        if (told) return;
        told = true;
        Lost(options.Url!, fault.Message);
    }

    private ConfigurationOptions Configuration()
    {
        (bool tls, string host, int port, _, string? user) = options.Parse();
        var configuration = new ConfigurationOptions
        {
            EndPoints = { IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port) },
            User = user,
            Password = options.Password,
            Ssl = tls,
            SslHost = tls ? host : null,
            ClientName = "vigie",
            AbortOnConnectFail = false,
            ConnectRetry = 1,
            ConnectTimeout = 1000,
            SyncTimeout = 1000,
            AsyncTimeout = 1000,
            KeepAlive = 10,
            HeartbeatInterval = ProbeEvery,
            ReconnectRetryPolicy = new LinearRetry((int)ProbeEvery.TotalMilliseconds),
            BacklogPolicy = BacklogPolicy.FailFast,
            IncludeDetailInExceptions = false,
        };
        if (options.CaFile is not null) configuration.TrustIssuer(options.CaFile);
        return configuration;
    }

    [LoggerMessage(LogLevel.Warning, "{Redis} does not answer ({Reason}). Until it does, limits hold for each replica by itself, and nothing is cached there.")]
    private partial void Lost(string redis, string reason);

    [LoggerMessage(LogLevel.Warning, "{Redis} answers again: limits hold across replicas.")]
    private partial void Back(string redis);
}
