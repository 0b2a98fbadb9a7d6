using System.Globalization;
using System.Reflection;

namespace Vigie.Mlflow;

/// <summary>The tables, as numbered steps forward. A database is brought up to date when it is opened; one of a newer version is refused.</summary>
internal static class Migrations
{
    private static readonly IReadOnlyList<Migration> All = Read();

    /// <summary>The version that this library writes.</summary>
    public static int Newest => All[^1].Version;

    public static async Task ApplyAsync(Database database, TimeProvider clock, CancellationToken cancellation)
    {
        await database.WriteAsync(
            async session =>
            {
                await session.LockAsync("migrations");
                await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
                long found = await session.ScalarAsync<long>("SELECT COALESCE(MAX(version), 0) FROM schema_migrations");
                if (found > Newest)
                    throw new StoreException($"the database has version {found}, written by a newer Vigie; this one knows up to {Newest}. Update Vigie, or use another database");
                foreach (Migration migration in All.Where(migration => migration.Version > found))
                {
                    foreach (string statement in Statements(session.Dialect.Translate(migration.Sql))) await session.ExecuteAsync(statement);
                    await session.ExecuteAsync(
                        "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@version, @name, @at)",
                        ("@version", (long)migration.Version), ("@name", migration.Name), ("@at", clock.GetUtcNow().ToUnixTimeMilliseconds()));
                }
            },
            cancellation);
    }

    /// <summary>Statements end in a semicolon at the end of a line.</summary>
    private static string[] Statements(string sql) => sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static List<Migration> Read()
    {
        Assembly assembly = typeof(Migrations).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith("migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
            {
                using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
                string file = Path.GetFileNameWithoutExtension(name);
                return new Migration(int.Parse(file.Split('-')[0], CultureInfo.InvariantCulture), file, text.ReadToEnd().ReplaceLineEndings("\n") + "\n");
            }),
        ];
    }

    private sealed record Migration(int Version, string Name, string Sql);
}
