using Microsoft.Data.Sqlite;
using Npgsql;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Tests;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace Vigie.Mlflow.Tests;

/// <summary>Empty databases of both kinds for tests. One PostgreSQL serves all tests of a run; it is started for the first that asks and stopped after the last.</summary>
public sealed class TestDatabases : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresProcess>> Postgres = new(() => PostgresProcess.StartNewAsync());
    private static int made;

    public static TheoryData<string> Kinds => ["sqlite", "postgres"];

    /// <summary>An empty database of its own; disposing it removes it.</summary>
    public static async Task<TestDatabase> CreateAsync(string kind)
    {
        if (kind == "sqlite") return new TestDatabase(kind, null);
        PostgresProcess server = await Postgres.Value;
        string name = $"test{Interlocked.Increment(ref made)}";
        await server.ExecuteAsync($"CREATE DATABASE {name}");
        return new TestDatabase(kind, server.AddressOf(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (Postgres.IsValueCreated && Postgres.Value.IsCompletedSuccessfully) await (await Postgres.Value).DisposeAsync();
    }
}

/// <summary>A database for one test, with a folder for its files.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    internal TestDatabase(string kind, string? address)
    {
        Kind = kind;
        Address = address ?? Path.Combine(Folder, "mlflow.db");
    }

    public string Kind { get; }

    /// <summary>As <see cref="Database.OpenAsync"/> takes it.</summary>
    public string Address { get; }

    /// <summary>An empty folder, removed with the database.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("vigie-mlflow-").FullName;

    /// <summary>Opens the database without a store around it.</summary>
    public Task<Database> OpenAsync(TimeProvider? clock = null) => Database.OpenAsync(Address, clock ?? TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>Opens a store. Without <paramref name="artifacts"/> it has no place for files.</summary>
    public Task<MlflowStore> OpenStoreAsync(TimeProvider? clock = null, IArtifactStore? artifacts = null) =>
        MlflowStore.OpenAsync(Address, artifacts ?? new NoArtifacts(), clock ?? TimeProvider.System, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        if (Kind == "sqlite") SqliteConnection.ClearAllPools();
        else NpgsqlConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask; // PostgreSQL's folder goes as a whole
    }

    /// <summary>For tests of the database alone: a test that touches files brings its own store.</summary>
    private sealed class NoArtifacts : IArtifactStore
    {
        public Vigie.Mlflow.Artifacts.ArtifactPath? Locate(string address) => null;

        public Task<ArtifactContent> OpenAsync(ArtifactPath path, ByteRange? range, CancellationToken cancellation) => throw new NotSupportedException();

        public Task WriteAsync(ArtifactPath path, Stream content, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<ArtifactFile>> ListAsync(ArtifactPath folder, CancellationToken cancellation) => throw new NotSupportedException();

        public Task DeleteAsync(ArtifactPath path, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
