using System.Data.Common;
using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Experiments in the database. Ids are whole numbers; 0 is the experiment Default.</summary>
public sealed class Experiments
{
    /// <summary>Columns in the order that <see cref="Read"/> expects.</summary>
    internal const string Columns = "id, name, artifact_location, lifecycle_stage, last_update_time, creation_time";

    private readonly Database database;
    private readonly TimeProvider clock;

    internal Experiments(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Makes an experiment and answers its id.</summary>
    /// <param name="name">1 to 500 characters, unique also among deleted experiments.</param>
    /// <param name="artifactLocation">Where its runs' files go; by default <c>mlflow-artifacts:/ID</c>.</param>
    /// <param name="tags">May be none.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    /// <exception cref="MlflowException">The name is taken, or a value is not allowed.</exception>
    public async Task<string> CreateAsync(string name, string? artifactLocation = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default)
    {
        Check.NewExperiment(name, artifactLocation);
        foreach (Tag tag in tags ?? []) Check.Tag(tag);
        long id = await database.WriteAsync(
            async session =>
            {
                long now = Now();
                long? created = await session.FirstAsync(
                    """
                    INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (@name, @location, 'active', @now, @now)
                    ON CONFLICT (name) DO NOTHING RETURNING id
                    """,
                    reader => (long?)reader.GetInt64(0), ("@name", name), ("@location", artifactLocation ?? ""), ("@now", now));
                if (created is null) throw MlflowException.Exists($"Experiment '{Check.Shown(name)}' already exists, perhaps among the deleted ones");
                if (string.IsNullOrEmpty(artifactLocation))
                    await session.ExecuteAsync("UPDATE experiments SET artifact_location = @location WHERE id = @id", ("@location", $"mlflow-artifacts:/{created}"), ("@id", created));
                foreach (Tag tag in tags ?? []) await PutTagAsync(session, created.Value, tag);
                return created.Value;
            },
            cancellation);
        return Id(id);
    }

    /// <summary>The experiment, deleted or not.</summary>
    /// <exception cref="MlflowException">There is none.</exception>
    public async Task<Experiment> GetAsync(string experimentId, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        return await database.ReadAsync(session => FindAsync(session, "id = @id", ("@id", id)), cancellation) ?? throw Missing(experimentId);
    }

    /// <summary>The experiment of a name, deleted or not.</summary>
    /// <exception cref="MlflowException">There is none.</exception>
    public async Task<Experiment> GetByNameAsync(string name, CancellationToken cancellation = default)
    {
        if (string.IsNullOrEmpty(name)) throw MlflowException.Invalid("experiment_name is missing");
        return await database.ReadAsync(session => FindAsync(session, "name = @name", ("@name", name)), cancellation)
            ?? throw MlflowException.Missing($"Could not find experiment with name '{Check.Shown(name)}'");
    }

    /// <summary>Experiments that a filter takes, in the order asked for.</summary>
    /// <param name="search">Filter, order and page.</param>
    /// <param name="viewType">ACTIVE_ONLY, DELETED_ONLY or ALL.</param>
    /// <param name="cancellation">Ends the search.</param>
    public Task<Page<Experiment>> SearchAsync(Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default) => SearchAsync(search, viewType, Readable.All, cancellation);

    /// <summary>The same among what somebody may read.</summary>
    internal Task<Page<Experiment>> SearchAsync(Search search, string viewType, Readable readable, CancellationToken cancellation) => ExperimentSearch.SearchAsync(database, search, viewType, readable, cancellation);

    /// <summary>How many active runs each experiment has, by its id; one without runs is not among them.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountRunsAsync(CancellationToken cancellation = default) => await database.ReadAsync(
        async session => (await Session.QueryAsync(
            session.Command("SELECT experiment_id, COUNT(*) FROM runs WHERE lifecycle_stage = 'active' GROUP BY experiment_id"), reader => (Id: Id(reader.GetInt64(0)), Runs: reader.GetInt64(1)), cancellation))
            .ToDictionary(row => row.Id, row => row.Runs),
        cancellation);

    /// <summary>Gives an active experiment another name.</summary>
    /// <exception cref="MlflowException">There is no such experiment, it is deleted, or the name is taken.</exception>
    public async Task RenameAsync(string experimentId, string newName, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        Check.NewExperimentName(newName);
        await database.WriteAsync(
            async session =>
            {
                if (await StageAsync(session, id) != LifecycleStage.Active)
                    throw new MlflowException(ErrorCode.InvalidState, $"experiment {id} is deleted; restore it before it is renamed");
                if (await session.ScalarAsync<long>("SELECT COUNT(*) FROM experiments WHERE name = @name AND id <> @id", ("@name", newName), ("@id", id)) > 0)
                    throw MlflowException.Exists($"Experiment '{Check.Shown(newName)}' already exists, perhaps among the deleted ones");
                await session.ExecuteAsync("UPDATE experiments SET name = @name, last_update_time = @now WHERE id = @id", ("@name", newName), ("@now", Now()), ("@id", id));
            },
            cancellation);
    }

    /// <summary>Hides an active experiment and its runs.</summary>
    /// <exception cref="MlflowException">There is no such active experiment.</exception>
    public async Task DeleteAsync(string experimentId, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        await database.WriteAsync(
            async session =>
            {
                long now = Now();
                if (await session.ExecuteAsync("UPDATE experiments SET lifecycle_stage = 'deleted', last_update_time = @now WHERE id = @id AND lifecycle_stage = 'active'", ("@now", now), ("@id", id)) == 0)
                    throw Missing(experimentId);
                await session.ExecuteAsync("UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = @now WHERE experiment_id = @id AND lifecycle_stage = 'active'", ("@now", now), ("@id", id));
            },
            cancellation);
    }

    /// <summary>Brings a deleted experiment back, with the runs that were deleted along with it.</summary>
    /// <exception cref="MlflowException">There is no such deleted experiment.</exception>
    public async Task RestoreAsync(string experimentId, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        await database.WriteAsync(
            async session =>
            {
                // A deleted experiment cannot change, so the time of its last change is that of its deletion.
                long? deleted = await session.FirstAsync("SELECT last_update_time FROM experiments WHERE id = @id AND lifecycle_stage = 'deleted'", reader => (long?)reader.GetInt64(0), ("@id", id));
                if (deleted is null) throw Missing(experimentId);
                await session.ExecuteAsync("UPDATE experiments SET lifecycle_stage = 'active', last_update_time = @now WHERE id = @id", ("@now", Now()), ("@id", id));
                await session.ExecuteAsync(
                    "UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL WHERE experiment_id = @id AND lifecycle_stage = 'deleted' AND deleted_time = @deleted",
                    ("@id", id), ("@deleted", deleted));
            },
            cancellation);
    }

    /// <summary>Sets a tag of an active experiment.</summary>
    public async Task SetTagAsync(string experimentId, Tag tag, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        Check.Tag(tag);
        await database.WriteAsync(
            async session =>
            {
                await RequireActiveAsync(session, id);
                await PutTagAsync(session, id, tag);
                await session.ExecuteAsync("UPDATE experiments SET last_update_time = @now WHERE id = @id", ("@now", Now()), ("@id", id));
            },
            cancellation);
    }

    /// <summary>Removes a tag of an active experiment.</summary>
    /// <exception cref="MlflowException">There is no such experiment or tag.</exception>
    public async Task DeleteTagAsync(string experimentId, string key, CancellationToken cancellation = default)
    {
        long id = Check.ExperimentId(experimentId);
        await database.WriteAsync(
            async session =>
            {
                await RequireActiveAsync(session, id);
                if (await session.ExecuteAsync("DELETE FROM experiment_tags WHERE experiment_id = @id AND key = @key", ("@id", id), ("@key", key)) == 0)
                    throw MlflowException.Missing($"No tag with name '{Check.Shown(key)}' in experiment {id}");
                await session.ExecuteAsync("UPDATE experiments SET last_update_time = @now WHERE id = @id", ("@now", Now()), ("@id", id));
            },
            cancellation);
    }

    /// <summary>Makes experiment 0 where it is missing.</summary>
    internal async Task EnsureDefaultAsync(CancellationToken cancellation)
    {
        if (await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM experiments WHERE id = 0"), cancellation) > 0) return;
        await database.WriteAsync(
            session => session.ExecuteAsync(
                """
                INSERT INTO experiments (id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
                VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', @now, @now) ON CONFLICT DO NOTHING
                """,
                ("@now", Now())),
            cancellation);
    }

    /// <summary>Where the files of an active experiment go.</summary>
    internal static async Task<string> RequireActiveAsync(Session session, long id)
    {
        (string Stage, string Location)? found = await session.FirstAsync(
            "SELECT lifecycle_stage, artifact_location FROM experiments WHERE id = @id", reader => ((string, string)?)(reader.GetString(0), reader.GetString(1)), ("@id", id));
        if (found is null) throw Missing(Id(id));
        return found.Value.Stage == LifecycleStage.Active
            ? found.Value.Location
            : throw MlflowException.Invalid($"The experiment {id} must be in the 'active' state. Current state is {found.Value.Stage}.");
    }

    /// <summary>A row of <see cref="Columns"/>.</summary>
    internal static Experiment Read(DbDataReader reader, IReadOnlyList<Tag> tags) =>
        new(Id(reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5), tags);

    private static async Task<Experiment?> FindAsync(Session session, string condition, (string, object?) parameter)
    {
        Experiment? found = await session.FirstAsync($"SELECT {Columns} FROM experiments WHERE {condition}", reader => Read(reader, []), parameter);
        return found is null
            ? null
            : found with
            {
                Tags = await session.QueryAsync(
                    "SELECT key, value FROM experiment_tags WHERE experiment_id = @id ORDER BY key",
                    reader => new Tag(reader.GetString(0), reader.GetString(1)), ("@id", Check.ExperimentId(found.ExperimentId))),
            };
    }

    private static async Task<string> StageAsync(Session session, long id) =>
        await session.ScalarAsync<string>("SELECT lifecycle_stage FROM experiments WHERE id = @id", ("@id", id)) ?? throw Missing(Id(id));

    private static Task<int> PutTagAsync(Session session, long id, Tag tag) => session.ExecuteAsync(
        "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (@id, @key, @value) ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        ("@id", id), ("@key", tag.Key), ("@value", tag.Value));

    private static MlflowException Missing(string id) => MlflowException.Missing($"No Experiment with id={id} exists");

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
