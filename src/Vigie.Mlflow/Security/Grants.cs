using System.Globalization;

namespace Vigie.Mlflow.Security;

/// <summary>What a user may do with an experiment. Named as on MLflow's wire.</summary>
public sealed record ExperimentGrant(string ExperimentId, long UserId, string Permission);

/// <summary>What a user may do with a registered model. Named as on MLflow's wire.</summary>
public sealed record RegisteredModelGrant(string Name, long UserId, string Permission);

/// <summary>Permissions of users on the things of one kind, experiments or registered models. They come before the user's own role.</summary>
public sealed class Grants
{
    private readonly Database database;
    private readonly string kind;
    private readonly string table;
    private readonly string column;
    private readonly string things;
    private readonly bool byNumber;

    private Grants(Database database, string kind, string table, string column, string things, bool byNumber) =>
        (this.database, this.kind, this.table, this.column, this.things, this.byNumber) = (database, kind, table, column, things, byNumber);

    /// <summary>Gives a user a role.</summary>
    /// <param name="thing">The experiment's id, or the registered model's name.</param>
    /// <param name="username">The user.</param>
    /// <param name="role"><see cref="Role.None"/> takes away what the user's own role gives.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The user's id.</returns>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST for the user or the thing; RESOURCE_ALREADY_EXISTS where the user has a role there: <see cref="UpdateAsync"/> changes it.</exception>
    public Task<long> CreateAsync(string thing, string username, Role role, CancellationToken cancellation = default) => database.WriteAsync(
        async session =>
        {
            (long user, long id) = await FindAsync(session, thing, username);
            int made = await session.ExecuteAsync(
                $"INSERT INTO {table} (user_id, {column}, role) VALUES (@user, @id, @role) ON CONFLICT DO NOTHING", ("@user", user), ("@id", id), ("@role", (long)role));
            return made == 1 ? user : throw MlflowException.Exists($"user '{username}' has a permission on {kind} '{thing}'; update it");
        },
        cancellation);

    /// <summary>A user's role there, as given; the user's own role does not count.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST for the user, the thing or the permission.</exception>
    public Task<(long UserId, Role Role)> GetAsync(string thing, string username, CancellationToken cancellation = default) => database.ReadAsync(
        async session =>
        {
            (long user, long id) = await FindAsync(session, thing, username);
            Role? role = await session.FirstAsync($"SELECT role FROM {table} WHERE user_id = @user AND {column} = @id", row => (Role?)row.GetInt64(0), ("@user", user), ("@id", id));
            return role is null ? throw Missing(thing, username) : (user, role.Value);
        },
        cancellation);

    /// <summary>Changes a user's role.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST for the user, the thing or the permission.</exception>
    public Task UpdateAsync(string thing, string username, Role role, CancellationToken cancellation = default) =>
        ChangeAsync($"UPDATE {table} SET role = {(int)role} WHERE user_id = @user AND {column} = @id", thing, username, cancellation);

    /// <summary>Takes a user's role there away: the user's own role holds from then on.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST for the user, the thing or the permission.</exception>
    public Task DeleteAsync(string thing, string username, CancellationToken cancellation = default) =>
        ChangeAsync($"DELETE FROM {table} WHERE user_id = @user AND {column} = @id", thing, username, cancellation);

    internal static Grants OfExperiments(Database database) => new(database, "experiment", "experiment_permissions", "experiment_id", "experiments", byNumber: true);

    internal static Grants OfRegisteredModels(Database database) =>
        new(database, "registered model", "registered_model_permissions", "registered_model_id", "registered_models", byNumber: false);

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A user's roles, by experiment id or model name.</summary>
    internal async Task<IReadOnlyDictionary<string, Role>> OfUserAsync(long userId, CancellationToken cancellation) => (await database.ReadAsync(
        session => session.QueryAsync(
            $"SELECT {(byNumber ? "CAST(t.id AS TEXT)" : "t.name")}, p.role FROM {table} p JOIN {things} t ON t.id = p.{column} WHERE p.user_id = @user",
            row => KeyValuePair.Create(row.GetString(0), (Role)row.GetInt64(1)), ("@user", userId)),
        cancellation)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The same by the numbers that the tables know the things by.</summary>
    internal async Task<IReadOnlyList<(long Thing, Role Role)>> NumbersOfUserAsync(long userId, CancellationToken cancellation) => await database.ReadAsync(
        session => session.QueryAsync($"SELECT {column}, role FROM {table} WHERE user_id = @user", row => (row.GetInt64(0), (Role)row.GetInt64(1)), ("@user", userId)), cancellation);

    private Task ChangeAsync(string sql, string thing, string username, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            (long user, long id) = await FindAsync(session, thing, username);
            if (await session.ExecuteAsync(sql, ("@user", user), ("@id", id)) == 0) throw Missing(thing, username);
        },
        cancellation);

    private async Task<(long User, long Thing)> FindAsync(Session session, string thing, string username)
    {
        long user = await session.ScalarAsync<long>("SELECT id FROM users WHERE name = @name", ("@name", username));
        if (user == 0) throw Users.Missing(username);
        bool isNumber = long.TryParse(thing, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        long? id = byNumber && !isNumber ? null : await session.FirstAsync(
            $"SELECT id FROM {things} WHERE {(byNumber ? "id" : "name")} = @key", row => (long?)row.GetInt64(0), ("@key", byNumber ? number : thing)); // experiment 0 exists
        return id is null ? throw MlflowException.Missing($"{kind} '{thing}' does not exist") : (user, id.Value);
    }

    private MlflowException Missing(string thing, string username) => MlflowException.Missing($"user '{username}' has no permission of their own on {kind} '{thing}'");
}
