namespace Vigie.Mlflow;

/// <summary>Registered models, their versions, stages and aliases.</summary>
public sealed class ModelRegistry
{
    private readonly Database database;
    private readonly TimeProvider clock;

    internal ModelRegistry(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        Webhooks = new Webhooks(database, clock);
        Promotion = new Promotion(database, clock, Webhooks);
        Gate = new Gate(database, clock, Webhooks);
    }

    /// <summary>Makes versions champions, and takes them back.</summary>
    public Promotion Promotion { get; }

    /// <summary>Decides by rule which version becomes champion.</summary>
    public Gate Gate { get; }

    /// <summary>Who is told of changes.</summary>
    public Webhooks Webhooks { get; }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Creates a registered model without versions.</summary>
    /// <exception cref="MlflowException">The name is taken, or cannot be one.</exception>
    public Task<RegisteredModel> CreateAsync(string name, string? description = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default)
    {
        RegistryNames.Model(name);
        RegistryNames.Text(description, "description");
        Tag[] kept = [.. RegistryNames.Tags(tags)];
        return AnnouncedAsync(
            async session =>
            {
                await session.LockAsync(NamesLock, cancellation);
                long? id = await session.ScalarAsync<long?>(
                    "INSERT INTO registered_models (name, description, creation_time, last_update_time, last_version) VALUES (@name, @description, @now, @now, 0) ON CONFLICT (name) DO NOTHING RETURNING id",
                    ("@name", name), ("@description", description), ("@now", Now));
                if (id is null) throw NameTaken(name);
                foreach (Tag tag in kept) await PutTagAsync(session, id.Value, tag);
                await Outbox.ModelCreatedAsync(session, name, kept, description, Now);
                return await RegisteredRows.ModelAsync(session, id.Value);
            },
            cancellation);
    }

    /// <summary>A registered model with its tags, its aliases and the newest version of each stage.</summary>
    /// <exception cref="MlflowException">It is not there.</exception>
    public Task<RegisteredModel> GetAsync(string name, CancellationToken cancellation = default) =>
        database.ReadAsync(async session => await RegisteredRows.ModelAsync(session, (await RegisteredRows.FindAsync(session, name)).Id), cancellation);

    /// <summary>Renames a registered model; its versions, aliases, gate and history go with it.</summary>
    /// <exception cref="MlflowException">It is not there, or the new name is taken or cannot be one.</exception>
    public Task<RegisteredModel> RenameAsync(string name, string newName, CancellationToken cancellation = default)
    {
        RegistryNames.Model(newName, "new_name");
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                await session.LockAsync(NamesLock, cancellation);
                if (await session.ScalarAsync<long?>("SELECT id FROM registered_models WHERE name = @name AND id <> @id", ("@name", newName), ("@id", model.Id)) is not null) throw NameTaken(newName);
                await session.ExecuteAsync("UPDATE registered_models SET name = @name, last_update_time = @now WHERE id = @id", ("@name", newName), ("@now", now), ("@id", model.Id));
                await session.ExecuteAsync("UPDATE model_versions SET last_update_time = @now WHERE registered_model_id = @id", ("@now", now), ("@id", model.Id));
                return await RegisteredRows.ModelAsync(session, model.Id);
            },
            cancellation);
    }

    /// <summary>Sets the description; null takes it away.</summary>
    public Task<RegisteredModel> UpdateAsync(string name, string? description, CancellationToken cancellation = default)
    {
        RegistryNames.Text(description, "description");
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                await session.ExecuteAsync("UPDATE registered_models SET description = @description, last_update_time = @now WHERE id = @id", ("@description", description), ("@now", now), ("@id", model.Id));
                return await RegisteredRows.ModelAsync(session, model.Id);
            },
            cancellation);
    }

    /// <summary>Deletes a registered model with all its versions. Files and runs stay.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellation = default) =>
        ChangeAsync(name, (session, model, _) => session.ExecuteAsync("DELETE FROM registered_models WHERE id = @id", ("@id", model.Id)), cancellation);

    /// <summary>Registered models that a filter describes.</summary>
    public Task<Page<RegisteredModel>> SearchAsync(Search search, CancellationToken cancellation = default) => SearchAsync(search, Readable.All, cancellation);

    /// <summary>The same among what somebody may read.</summary>
    internal Task<Page<RegisteredModel>> SearchAsync(Search search, Readable readable, CancellationToken cancellation) => RegistrySearch.ModelsAsync(database, search, readable, cancellation);

    /// <summary>The newest version of each of these stages that has one; of all stages where none is named.</summary>
    public Task<IReadOnlyList<ModelVersion>> LatestVersionsAsync(string name, IReadOnlyList<string> stages, CancellationToken cancellation = default)
    {
        string[] wanted = stages.Count == 0 ? [.. ModelStage.All] : [.. stages.Select(RegistryNames.Stage)];
        return database.ReadAsync<IReadOnlyList<ModelVersion>>(
            async session => [.. (await RegisteredRows.LatestAsync(session, (await RegisteredRows.FindAsync(session, name)).Id)).Where(version => wanted.Contains(version.CurrentStage))],
            cancellation);
    }

    /// <summary>Sets a tag, whether or not it was there.</summary>
    public Task SetTagAsync(string name, Tag tag, CancellationToken cancellation = default)
    {
        RegistryNames.Tag(tag);
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                await PutTagAsync(session, model.Id, tag);
                await Outbox.ModelTagSetAsync(session, model.Id, name, tag, now);
                return true;
            },
            cancellation);
    }

    /// <summary>Takes a tag away; one that is not there is no fault.</summary>
    public Task DeleteTagAsync(string name, string key, CancellationToken cancellation = default)
    {
        RegistryNames.TagKey(key);
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                int deleted = await session.ExecuteAsync("DELETE FROM registered_model_tags WHERE registered_model_id = @id AND key = @key", ("@id", model.Id), ("@key", key));
                if (deleted > 0) await Outbox.ModelTagDeletedAsync(session, model.Id, name, key, now);
                return true;
            },
            cancellation);
    }

    /// <summary>Points an alias to a version; if it pointed elsewhere, it no longer does.</summary>
    /// <exception cref="MlflowException">There is no such version, or the alias cannot be one.</exception>
    public Task SetAliasAsync(string name, string alias, string version, CancellationToken cancellation = default)
    {
        RegistryNames.OwnAlias(alias);
        long number = RegistryNames.Version(version);
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                await RegisteredRows.VersionAsync(session, model.Id, name, number);
                long? champion = await Promotion.ChampionOfAsync(session, model.Id);
                await Promotion.PutAliasAsync(session, model.Id, alias, number);
                if (alias == Promotion.Champion) await Promotion.NoteAsync(session, model.Id, champion, number, new ChampionChange { Name = name, Kind = ChampionChangeKind.Alias, ChangedAt = now });
                await Outbox.AliasSetAsync(session, model.Id, name, alias, number, now);
                return true;
            },
            cancellation);
    }

    /// <summary>Takes an alias away; one that is not there is no fault.</summary>
    public Task DeleteAliasAsync(string name, string alias, CancellationToken cancellation = default)
    {
        RegistryNames.OwnAlias(alias);
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                long? champion = await Promotion.ChampionOfAsync(session, model.Id);
                if (await session.ExecuteAsync("DELETE FROM model_aliases WHERE registered_model_id = @id AND alias = @alias", ("@id", model.Id), ("@alias", alias)) == 0) return false;
                if (alias == Promotion.Champion) await Promotion.NoteAsync(session, model.Id, champion, version: null, new ChampionChange { Name = name, Kind = ChampionChangeKind.Alias, ChangedAt = now });
                await Outbox.AliasDeletedAsync(session, model.Id, name, alias, now);
                return true;
            },
            cancellation);
    }

    /// <summary>The version that an alias points to; the newest for <c>latest</c>.</summary>
    /// <exception cref="MlflowException">The model is not there, or has no such alias; the latter is INVALID_PARAMETER_VALUE, which MLflow's clients look for.</exception>
    public Task<ModelVersion> GetByAliasAsync(string name, string alias, CancellationToken cancellation = default)
    {
        RegistryNames.Alias(alias);
        return database.ReadAsync(
            async session =>
            {
                HeldModel model = await RegisteredRows.FindAsync(session, name);
                long? version = alias.Equals(RegistryNames.Latest, StringComparison.OrdinalIgnoreCase)
                    ? await session.ScalarAsync<long?>("SELECT MAX(version) FROM model_versions WHERE registered_model_id = @id", ("@id", model.Id))
                    : await session.ScalarAsync<long?>("SELECT version FROM model_aliases WHERE registered_model_id = @id AND alias = @alias", ("@id", model.Id), ("@alias", alias));
                return version is { } number
                    ? await RegisteredRows.VersionAsync(session, model.Id, name, number)
                    : throw MlflowException.Invalid($"Registered model alias {alias} not found: '{name}' has none of that name");
            },
            cancellation);
    }

    /// <summary>Registers a version; the registered model must be there.</summary>
    /// <param name="name">The registered model.</param>
    /// <param name="source">Where the files are: a place below the run's artifacts, <c>models:/m-…</c>, <c>models:/NAME/VERSION</c>, or an address with a scheme.</param>
    /// <param name="runId">The run that made it; that of the logged model where <paramref name="source"/> is one and this is null.</param>
    /// <param name="description">Free text.</param>
    /// <param name="tags">Of two with the same key the later counts.</param>
    /// <param name="runLink">Address of the run's page.</param>
    /// <param name="modelId">The logged model; taken from <paramref name="source"/> where that names one.</param>
    /// <param name="userId">Who registers it.</param>
    /// <param name="cancellation">Ends the waiting before the write has begun.</param>
    /// <exception cref="MlflowException">The model, or what the source names, is not there; or the source is a place that nobody may point to.</exception>
    public Task<ModelVersion> CreateVersionAsync(string name, string source, string? runId = null, string? description = null, IReadOnlyList<Tag>? tags = null, string? runLink = null, string? modelId = null, string? userId = null, CancellationToken cancellation = default)
    {
        Tag[] kept = [.. RegistryNames.Tags(tags)];
        RegistryNames.Text(description, "description");
        RegistryNames.Text(runLink, "run_link");
        RegistryNames.Text(userId, "user_id");
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                VersionSource origin = await VersionSource.CheckedAsync(session, source, runId, modelId, kept);
                long number = model.LastVersion + 1;
                await session.ExecuteAsync("UPDATE registered_models SET last_version = @version, last_update_time = @now WHERE id = @id", ("@version", number), ("@now", now), ("@id", model.Id));
                await session.ExecuteAsync(
                    "INSERT INTO model_versions (registered_model_id, version, stage, description, user_id, source, run_id, run_link, model_id, status, creation_time, last_update_time) " +
                    "VALUES (@id, @version, @stage, @description, @user, @source, @run, @link, @model, 'READY', @now, @now)",
                    ("@id", model.Id), ("@version", number), ("@stage", ModelStage.None), ("@description", description), ("@user", userId), ("@source", origin.Source), ("@run", origin.RunId),
                    ("@link", runLink), ("@model", origin.ModelId), ("@now", now));
                foreach (Tag tag in kept) await PutVersionTagAsync(session, model.Id, number, tag);
                if (origin.ModelId is not null) await VersionSource.NoteOnLoggedModelAsync(session, origin.ModelId, name, number);
                ModelVersion created = await RegisteredRows.VersionAsync(session, model.Id, name, number);
                await Outbox.VersionCreatedAsync(session, created, now);
                return created;
            },
            cancellation);
    }

    /// <summary>One version.</summary>
    /// <exception cref="MlflowException">It is not there.</exception>
    public Task<ModelVersion> GetVersionAsync(string name, string version, CancellationToken cancellation = default)
    {
        long number = RegistryNames.Version(version);
        return database.ReadAsync(async session => await RegisteredRows.VersionAsync(session, (await RegisteredRows.FindAsync(session, name)).Id, name, number), cancellation);
    }

    /// <summary>Where a version's files can be read: its source, followed to the place where the files lie.</summary>
    /// <exception cref="MlflowException">The version is not there, or what its source names is gone.</exception>
    public Task<string> DownloadUriAsync(string name, string version, CancellationToken cancellation = default)
    {
        long number = RegistryNames.Version(version);
        return database.ReadAsync(
            async session => await VersionSource.PlaceAsync(session, await RegisteredRows.VersionAsync(session, (await RegisteredRows.FindAsync(session, name)).Id, name, number)), cancellation);
    }

    /// <summary>Sets a version's description; null takes it away.</summary>
    public Task<ModelVersion> UpdateVersionAsync(string name, string version, string? description, CancellationToken cancellation = default)
    {
        RegistryNames.Text(description, "description");
        return ChangeVersionAsync(
            name, version,
            async (session, model, number, now) =>
            {
                await session.ExecuteAsync(
                    "UPDATE model_versions SET description = @description, last_update_time = @now WHERE registered_model_id = @id AND version = @version",
                    ("@description", description), ("@now", now), ("@id", model.Id), ("@version", number));
                return await RegisteredRows.VersionAsync(session, model.Id, name, number);
            },
            cancellation);
    }

    /// <summary>Deletes a version; the aliases that point to it go with it, and its number is not given again.</summary>
    public Task DeleteVersionAsync(string name, string version, CancellationToken cancellation = default) => ChangeVersionAsync(
        name, version,
        async (session, model, number, now) =>
        {
            await session.ExecuteAsync("UPDATE registered_models SET last_update_time = @now WHERE id = @id", ("@now", now), ("@id", model.Id));
            if (await Promotion.ChampionOfAsync(session, model.Id) == number)
                await Promotion.NoteAsync(session, model.Id, number, version: null, new ChampionChange { Name = name, Kind = ChampionChangeKind.Deleted, ChangedAt = now });
            return await session.ExecuteAsync("DELETE FROM model_versions WHERE registered_model_id = @id AND version = @version", ("@id", model.Id), ("@version", number));
        },
        cancellation);

    /// <summary>Versions that a filter describes.</summary>
    public Task<Page<ModelVersion>> SearchVersionsAsync(Search search, CancellationToken cancellation = default) => SearchVersionsAsync(search, Readable.All, cancellation);

    /// <summary>The same among the models that somebody may read.</summary>
    internal Task<Page<ModelVersion>> SearchVersionsAsync(Search search, Readable readable, CancellationToken cancellation) => RegistrySearch.VersionsAsync(database, search, readable, cancellation);

    /// <summary>Moves a version to a stage. One that enters Staging is put before the <see cref="Gate"/>, and comes back in Production where it passes.</summary>
    /// <param name="name">The registered model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="stage">One of <see cref="ModelStage"/>, in any case.</param>
    /// <param name="archiveExisting">Whether versions that are in that stage are archived; for Staging and Production only.</param>
    /// <param name="cancellation">Ends the waiting before the write has begun.</param>
    public Task<ModelVersion> TransitionStageAsync(string name, string version, string stage, bool archiveExisting, CancellationToken cancellation = default)
    {
        string target = RegistryNames.Stage(stage);
        if (archiveExisting && target is not (ModelStage.Staging or ModelStage.Production))
            throw MlflowException.Invalid($"versions in stage '{target}' cannot be archived by a transition: archive_existing_versions goes with Staging and Production");
        return ChangeVersionAsync(
            name, version,
            async (session, model, number, now) =>
            {
                await Stages.MoveAsync(session, model.Id, number, target, archiveExisting, now);
                if (target == ModelStage.Staging) await Gate.OnStagingAsync(session, model.Id, await RegisteredRows.VersionAsync(session, model.Id, name, number), now);
                return await RegisteredRows.VersionAsync(session, model.Id, name, number);
            },
            cancellation);
    }

    /// <summary>Sets a version's tag, whether or not it was there.</summary>
    public Task SetVersionTagAsync(string name, string version, Tag tag, CancellationToken cancellation = default)
    {
        RegistryNames.Tag(tag);
        return ChangeVersionAsync(
            name, version,
            async (session, model, number, now) =>
            {
                await PutVersionTagAsync(session, model.Id, number, tag);
                await Outbox.VersionTagSetAsync(session, model.Id, name, number, tag, now);
                return true;
            },
            cancellation);
    }

    /// <summary>Takes a version's tag away; one that is not there is no fault.</summary>
    public Task DeleteVersionTagAsync(string name, string version, string key, CancellationToken cancellation = default)
    {
        RegistryNames.TagKey(key);
        return ChangeVersionAsync(
            name, version,
            async (session, model, number, now) =>
            {
                int deleted = await session.ExecuteAsync(
                    "DELETE FROM model_version_tags WHERE registered_model_id = @id AND version = @version AND key = @key", ("@id", model.Id), ("@version", number), ("@key", key));
                if (deleted > 0) await Outbox.VersionTagDeletedAsync(session, model.Id, name, number, key, now);
                return true;
            },
            cancellation);
    }

    /// <summary>Whoever gives a name to a model holds this: two that want the same one follow each other.</summary>
    private const string NamesLock = "registered_models.name";

    private Task<T> ChangeAsync<T>(string name, Func<Session, HeldModel, long, Task<T>> change, CancellationToken cancellation) =>
        AnnouncedAsync(async session => await change(session, await RegisteredRows.HoldAsync(session, name), Now), cancellation);

    /// <summary>Writes, and wakes whoever delivers what was put into the outbox.</summary>
    private async Task<T> AnnouncedAsync<T>(Func<Session, Task<T>> write, CancellationToken cancellation)
    {
        T result = await database.WriteAsync(write, cancellation);
        Webhooks.Announce();
        return result;
    }

    private Task<T> ChangeVersionAsync<T>(string name, string version, Func<Session, HeldModel, long, long, Task<T>> change, CancellationToken cancellation)
    {
        long number = RegistryNames.Version(version);
        return ChangeAsync(
            name,
            async (session, model, now) =>
            {
                await RegisteredRows.VersionAsync(session, model.Id, name, number);
                return await change(session, model, number, now);
            },
            cancellation);
    }

    private static Task<int> PutTagAsync(Session session, long model, Tag tag) => session.ExecuteAsync(
        "INSERT INTO registered_model_tags (registered_model_id, key, value) VALUES (@id, @key, @value) ON CONFLICT (registered_model_id, key) DO UPDATE SET value = excluded.value",
        ("@id", model), ("@key", tag.Key), ("@value", tag.Value));

    private static Task<int> PutVersionTagAsync(Session session, long model, long version, Tag tag) => session.ExecuteAsync(
        "INSERT INTO model_version_tags (registered_model_id, version, key, value) VALUES (@id, @version, @key, @value) ON CONFLICT (registered_model_id, version, key) DO UPDATE SET value = excluded.value",
        ("@id", model), ("@version", version), ("@key", tag.Key), ("@value", tag.Value));

    private static MlflowException NameTaken(string name) => MlflowException.Exists($"Registered Model (name={name}) already exists");
}
