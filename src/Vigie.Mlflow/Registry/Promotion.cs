using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>
/// Makes versions champions. The champion is what the alias <c>champion</c> points to: one row of the database, so there are never two. A promotion moves the
/// alias, puts the version into Production, archives what was there, and notes it, in one transaction; promotions of one model follow each other.
/// </summary>
public sealed class Promotion
{
    /// <summary>The alias that points to the champion.</summary>
    public const string Champion = "champion";

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Webhooks webhooks;

    internal Promotion(Database database, TimeProvider clock, Webhooks webhooks)
    {
        this.database = database;
        this.clock = clock;
        this.webhooks = webhooks;
    }

    /// <summary>Makes a version the champion. Where it is already, nothing is noted.</summary>
    /// <param name="name">The registered model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="by">Who, for the history.</param>
    /// <param name="cancellation">Ends the waiting before the write has begun.</param>
    /// <exception cref="MlflowException">The model or the version is not there.</exception>
    public Task<ChampionChange> PromoteAsync(string name, string version, string? reason = null, string? by = null, CancellationToken cancellation = default)
    {
        long number = RegistryNames.Version(version);
        return WriteAsync(
            name, by, reason,
            async (session, model, now) =>
            {
                await RegisteredRows.VersionAsync(session, model.Id, name, number);
                return await CrownAsync(session, model.Id, number, new ChampionChange { Name = name, Kind = ChampionChangeKind.Promoted, Reason = reason, ChangedBy = by, ChangedAt = now });
            },
            cancellation);
    }

    /// <summary>Takes the champion back and makes the one before it champion again. Called once more, it goes one further back.</summary>
    /// <exception cref="MlflowException">No champion came before this one, or all that did have been deleted (INVALID_STATE).</exception>
    public Task<ChampionChange> RollbackAsync(string name, string? reason = null, string? by = null, CancellationToken cancellation = default) => WriteAsync(
        name, by, reason,
        async (session, model, now) =>
        {
            long? champion = await ChampionOfAsync(session, model.Id);
            long before = await BeforeAsync(session, model.Id, champion) ?? throw new MlflowException(
                ErrorCode.InvalidState,
                champion is null ? $"'{name}' has no champion, and had none that still exists" : $"no champion came before version {champion} of '{name}', or it has been deleted; promote a version by name");
            return await CrownAsync(session, model.Id, before, new ChampionChange { Name = name, Kind = ChampionChangeKind.RolledBack, Reason = reason, ChangedBy = by, ChangedAt = now });
        },
        cancellation);

    /// <summary>The champion, or null where there is none.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task<ModelVersion?> ChampionAsync(string name, CancellationToken cancellation = default) => database.ReadAsync(
        async session =>
        {
            HeldModel model = await RegisteredRows.FindAsync(session, name);
            return await ChampionOfAsync(session, model.Id) is { } version ? await RegisteredRows.VersionAsync(session, model.Id, name, version) : null;
        },
        cancellation);

    /// <summary>The version that <see cref="RollbackAsync"/> would make champion at present; null where there is none to go back to.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task<string?> PreviousAsync(string name, CancellationToken cancellation = default) => database.ReadAsync(
        async session =>
        {
            HeldModel model = await RegisteredRows.FindAsync(session, name);
            return await BeforeAsync(session, model.Id, await ChampionOfAsync(session, model.Id)) is { } version ? RegisteredRows.Written(version) : null;
        },
        cancellation);

    /// <summary>Changes of the champion, the newest first.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task<IReadOnlyList<ChampionChange>> HistoryAsync(string name, int maxResults = 100, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxResults);
        return database.ReadAsync<IReadOnlyList<ChampionChange>>(
            async session => await session.QueryAsync(
                "SELECT kind, version, previous_version, reason, changed_by, changed_at FROM champion_changes WHERE registered_model_id = @id ORDER BY id DESC LIMIT @max",
                reader => Read(reader, name), ("@id", (await RegisteredRows.FindAsync(session, name)).Id), ("@max", (long)maxResults)),
            cancellation);
    }

    /// <summary>Moves alias and stage to a version, archives what was in Production, and notes it where the champion is another than before.</summary>
    internal static async Task<ChampionChange> CrownAsync(Session session, long model, long version, ChampionChange change)
    {
        long? before = await ChampionOfAsync(session, model);
        await PutAliasAsync(session, model, Champion, version);
        await Stages.MoveAsync(session, model, version, ModelStage.Production, archiveExisting: true, change.ChangedAt);
        // A champion by alias alone need not have been in Production; whatever it was in, it is over.
        if (before is { } old && old != version) await Stages.MoveAsync(session, model, old, ModelStage.Archived, archiveExisting: false, change.ChangedAt);
        if (before != version) await Outbox.AliasSetAsync(session, model, change.Name, Champion, version, change.ChangedAt);
        return await NoteAsync(session, model, before, version, change);
    }

    internal static Task<int> PutAliasAsync(Session session, long model, string alias, long version) => session.ExecuteAsync(
        "INSERT INTO model_aliases (registered_model_id, alias, version) VALUES (@id, @alias, @version) ON CONFLICT (registered_model_id, alias) DO UPDATE SET version = excluded.version",
        ("@id", model), ("@alias", alias), ("@version", version));

    internal static Task<long?> ChampionOfAsync(Session session, long model) =>
        session.ScalarAsync<long?>("SELECT version FROM model_aliases WHERE registered_model_id = @id AND alias = @alias", ("@id", model), ("@alias", Champion));

    /// <summary>Adds to the history, unless the champion is the same as before.</summary>
    internal static async Task<ChampionChange> NoteAsync(Session session, long model, long? before, long? version, ChampionChange change)
    {
        if (before != version)
        {
            await session.ExecuteAsync(
                "INSERT INTO champion_changes (registered_model_id, kind, version, previous_version, reason, changed_by, changed_at) VALUES (@id, @kind, @version, @before, @reason, @by, @at)",
                ("@id", model), ("@kind", change.Kind), ("@version", version), ("@before", before), ("@reason", change.Reason), ("@by", change.ChangedBy), ("@at", change.ChangedAt));
        }

        return change with { Version = version is { } now ? RegisteredRows.Written(now) : null, PreviousVersion = before is { } was ? RegisteredRows.Written(was) : null };
    }

    /// <summary>
    /// Who was champion before this one: the history is played like a pile, on which a promotion lays and from which a rollback takes, so that two rollbacks
    /// go back two steps and not to and fro.
    /// </summary>
    private static async Task<long?> BeforeAsync(Session session, long model, long? champion)
    {
        List<(string Kind, long? Version)> changes = await session.QueryAsync(
            "SELECT kind, version FROM champion_changes WHERE registered_model_id = @id ORDER BY id", reader => (reader.GetString(0), reader.NumberOrNull(1)), ("@id", model));
        var pile = new Stack<long>();
        foreach ((string kind, long? version) in changes)
        {
            if (version is not { } number) continue; // the alias was deleted: who was champion before stays below
            if (kind == ChampionChangeKind.RolledBack)
                while (pile.TryPeek(out long top) && top != number) pile.Pop();
            if (!pile.TryPeek(out long same) || same != number) pile.Push(number);
        }

        List<long> existing = await session.QueryAsync("SELECT version FROM model_versions WHERE registered_model_id = @id", reader => reader.GetInt64(0), ("@id", model));
        return pile.Where(number => number != champion && existing.Contains(number)).Select(number => (long?)number).FirstOrDefault();
    }

    private async Task<ChampionChange> WriteAsync(string name, string? by, string? reason, Func<Session, HeldModel, long, Task<ChampionChange>> write, CancellationToken cancellation)
    {
        RegistryNames.Text(by, "by");
        RegistryNames.Text(reason, "reason");
        ChampionChange change = await database.WriteAsync(
            async session => await write(session, await RegisteredRows.HoldAsync(session, name), clock.GetUtcNow().ToUnixTimeMilliseconds()), cancellation);
        webhooks.Announce();
        return change;
    }

    private static ChampionChange Read(DbDataReader reader, string name) => new()
    {
        Name = name,
        Kind = reader.GetString(0),
        Version = reader.NumberOrNull(1) is { } version ? RegisteredRows.Written(version) : null,
        PreviousVersion = reader.NumberOrNull(2) is { } before ? RegisteredRows.Written(before) : null,
        Reason = reader.TextOrNull(3),
        ChangedBy = reader.TextOrNull(4),
        ChangedAt = reader.GetInt64(5),
    };
}
