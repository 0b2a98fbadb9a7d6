using System.Data.Common;
using Npgsql;
using Vigie.Mlflow.Tests;
using Vigie.Server.Tests;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Vigie.Server.Tests;

/// <summary>Empty PostgreSQL databases for tests. One server has them all; it is started for the first test that asks and stopped after the last.</summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresProcess>> Server = new(() => PostgresProcess.StartNewAsync());
    private static int made;

    /// <summary>The address of a new one.</summary>
    public static async Task<string> CreateAsync()
    {
        PostgresProcess server = await Server.Value;
        string name = $"records{Interlocked.Increment(ref made)}";
        await server.ExecuteAsync($"CREATE DATABASE {name}");
        return server.AddressOf(name);
    }

    /// <summary>A connection to a database of records.</summary>
    public static DbConnection Connect(string address)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresSource.ConnectionOf(address).ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>The answer to a question with one number.</summary>
    public static long Ask(string address, string sql)
    {
        using DbConnection connection = Connect(address);
        long answer = 0;
        connection.Each(sql, row => answer = Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        return answer;
    }

    /// <summary>Waits until a question is answered so.</summary>
    public static Task UntilAsync(string address, string sql, long expected) => RunningServer.UntilAsync(() =>
    {
        try
        {
            return Task.FromResult(Ask(address, sql) == expected);
        }
        catch (NpgsqlException)
        {
            return Task.FromResult(false); // not made yet, or not there
        }
    });

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated && Server.Value.IsCompletedSuccessfully) await (await Server.Value).DisposeAsync();
    }
}
