namespace Vigie.Mlflow.Security;

/// <summary>Somebody who may sign in. Property names are those of MLflow's wire format.</summary>
public sealed record User
{
    /// <summary>Never given again.</summary>
    public required long Id { get; init; }

    /// <summary>Unique.</summary>
    public required string Username { get; init; }

    /// <summary>Whether the user may do everything, everywhere.</summary>
    public required bool IsAdmin { get; init; }

    /// <summary>What the user may do where no permission says otherwise: <see cref="RoleNames"/>.</summary>
    public required string Permission { get; init; }

    /// <summary>In the order of the experiments' ids.</summary>
    public IReadOnlyList<ExperimentGrant> ExperimentPermissions { get; init; } = [];

    /// <summary>In the order of the models' names.</summary>
    public IReadOnlyList<RegisteredModelGrant> RegisteredModelPermissions { get; init; } = [];

    /// <summary>Empty: this server has no scorers. MLflow's 3.x clients read it unasked.</summary>
    public IReadOnlyList<string> ScorerPermissions { get; init; } = [];
}

/// <summary>
/// Users in the database. A user's own role holds wherever no permission says otherwise; whoever creates an experiment or a registered model becomes
/// its admin.
/// </summary>
public sealed class Users
{
    private readonly Database database;
    private readonly TimeProvider clock;

    internal Users(Database database, TimeProvider clock) => (this.database, this.clock) = (database, clock);

    /// <summary>Creates a user.</summary>
    /// <param name="username">1 to 255 characters without a colon or control characters.</param>
    /// <param name="password">8 to 1,024 characters; null for a user who has access tokens only.</param>
    /// <param name="role">What the user may do where no permission says otherwise.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE, or RESOURCE_ALREADY_EXISTS.</exception>
    public async Task<User> CreateAsync(string username, string? password, Role role = Role.Read, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(username) || username.Length > 255 || username.Contains(':', StringComparison.Ordinal) || username.Any(char.IsControl) || !IsWellFormed(username))
            throw MlflowException.Invalid("username: expected 1 to 255 characters, not all blank, without a colon or control characters");
        string? hash = password is null ? null : await HashAsync(password, cancellation);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        long id = await database.WriteAsync(
            session => session.ScalarAsync<long>(
                "INSERT INTO users (name, password_hash, role, creation_time) VALUES (@name, @hash, @role, @now) ON CONFLICT (name) DO NOTHING RETURNING id",
                ("@name", username), ("@hash", hash), ("@role", (long)role), ("@now", now)),
            cancellation);
        return id > 0
            ? new User { Id = id, Username = username, IsAdmin = role == Role.Admin, Permission = RoleNames.Of(role) }
            : throw MlflowException.Exists($"user '{username}' exists");
    }

    /// <summary>A user with all permissions.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST.</exception>
    public async Task<User> GetAsync(string username, CancellationToken cancellation = default) =>
        (await QueryAsync(username, cancellation)) is [User user] ? user : throw Missing(username);

    /// <summary>All users, in the order of their names.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(CancellationToken cancellation = default) => await QueryAsync(null, cancellation);

    /// <summary>Gives a user a new password; what was signed in with the old one is refused from then on. Access tokens stay.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE, or RESOURCE_DOES_NOT_EXIST.</exception>
    public async Task SetPasswordAsync(string username, string password, CancellationToken cancellation = default)
    {
        string hash = await HashAsync(password, cancellation);
        int found = await database.WriteAsync(
            session => session.ExecuteAsync("UPDATE users SET password_hash = @hash WHERE name = @name", ("@hash", hash), ("@name", username)), cancellation);
        if (found == 0) throw Missing(username);
    }

    /// <summary>Gives a user another role.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST, or INVALID_STATE for the last admin.</exception>
    public Task SetRoleAsync(string username, Role role, CancellationToken cancellation = default) =>
        ChangeAsync("UPDATE users SET role = @role WHERE name = @name", username, role, cancellation);

    /// <summary>Removes a user with all tokens and permissions. What the user logged stays.</summary>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST, or INVALID_STATE for the last admin.</exception>
    public Task DeleteAsync(string username, CancellationToken cancellation = default) =>
        ChangeAsync("DELETE FROM users WHERE name = @name", username, Role.None, cancellation);

    /// <summary>Whether there is an admin: without one nobody could ever manage a server that asks who its callers are.</summary>
    public async Task<bool> HaveAdminAsync(CancellationToken cancellation = default) =>
        await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM users WHERE role = 3"), cancellation) > 0;

    /// <summary>What signing in needs to know of a user, or null.</summary>
    internal Task<Account?> FindAsync(string username, CancellationToken cancellation) => database.ReadAsync(
        session => session.FirstAsync(
            "SELECT id, role, password_hash FROM users WHERE name = @name",
            row => new Account(row.GetInt64(0), username, (Role)row.GetInt64(1), row.TextOrNull(2)), ("@name", username)),
        cancellation);

    internal static MlflowException Missing(string username) => MlflowException.Missing($"user '{username}' does not exist");

    /// <summary>Half a surrogate pair has no UTF-8, so neither a header nor the database could carry it.</summary>
    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD);

    // It takes 0.1 s on purpose.
    private static Task<string> HashAsync(string password, CancellationToken cancellation) => Task.Run(() => Passwords.Hash(password), cancellation);

    private Task ChangeAsync(string sql, string username, Role role, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            await session.LockAsync("users"); // two admins who remove each other at once
            long? before = await session.FirstAsync("SELECT role FROM users WHERE name = @name", row => (long?)row.GetInt64(0), ("@name", username));
            if (before is null) throw Missing(username);
            if (before == (long)Role.Admin && role != Role.Admin && await session.ScalarAsync<long>("SELECT COUNT(*) FROM users WHERE role = 3") == 1)
                throw new MlflowException(ErrorCode.InvalidState, $"user '{username}' is the last admin; make another user one first");
            if (sql.Contains("@role", StringComparison.Ordinal)) await session.ExecuteAsync(sql, ("@role", (long)role), ("@name", username));
            else await session.ExecuteAsync(sql, ("@name", username));
        },
        cancellation);

    private Task<List<User>> QueryAsync(string? username, CancellationToken cancellation) => database.ReadAsync(
        async session =>
        {
            ILookup<long, ExperimentGrant> experiments = (await session.QueryAsync(
                "SELECT p.experiment_id, p.user_id, p.role FROM experiment_permissions p JOIN users u ON u.id = p.user_id WHERE @name = '' OR u.name = @name ORDER BY 1",
                row => new ExperimentGrant(Grants.Text(row.GetInt64(0)), row.GetInt64(1), RoleNames.Of((Role)row.GetInt64(2))), ("@name", username ?? ""))).ToLookup(permission => permission.UserId);
            ILookup<long, RegisteredModelGrant> models = (await session.QueryAsync(
                "SELECT m.name, p.user_id, p.role FROM registered_model_permissions p JOIN registered_models m ON m.id = p.registered_model_id JOIN users u ON u.id = p.user_id WHERE @name = '' OR u.name = @name ORDER BY 1",
                row => new RegisteredModelGrant(row.GetString(0), row.GetInt64(1), RoleNames.Of((Role)row.GetInt64(2))), ("@name", username ?? ""))).ToLookup(permission => permission.UserId);
            return await session.QueryAsync(
                "SELECT id, name, role FROM users WHERE @name = '' OR name = @name ORDER BY name",
                row => new User
                {
                    Id = row.GetInt64(0),
                    Username = row.GetString(1),
                    IsAdmin = row.GetInt64(2) == (long)Role.Admin,
                    Permission = RoleNames.Of((Role)row.GetInt64(2)),
                    ExperimentPermissions = [.. experiments[row.GetInt64(0)]],
                    RegisteredModelPermissions = [.. models[row.GetInt64(0)]],
                },
                ("@name", username ?? ""));
        },
        cancellation);

    /// <summary>A user as signing in sees it.</summary>
    internal sealed record Account(long Id, string Username, Role Role, string? PasswordHash);
}
