using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Mlflow.Security;

/// <summary>A token that somebody signs in with, as a list shows it: the token itself is told once, when it is made.</summary>
/// <param name="TokenId">To revoke it by.</param>
/// <param name="Username">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Permission">The most that it allows, whatever its user may do: <see cref="RoleNames"/>.</param>
/// <param name="CreationTime">Milliseconds since the epoch.</param>
/// <param name="ExpirationTime">Milliseconds since the epoch; null for never.</param>
public sealed record AccessToken(long TokenId, string Username, string Name, string Permission, long CreationTime, long? ExpirationTime);

/// <summary>A token just made.</summary>
/// <param name="Token">What to send as <c>Authorization: Bearer …</c>; it can be had only now.</param>
/// <param name="Info">What is kept of it.</param>
public sealed record NewAccessToken(string Token, AccessToken Info);

/// <summary>Access tokens in the database, as SHA-256: 32 random bytes need no slow hash.</summary>
public sealed class AccessTokens
{
    /// <summary>What a token begins with, so that people and scanners of source code know one when they see it.</summary>
    private const string Prefix = "vigie_";

    private const string Columns = "SELECT t.id, u.name, t.name, t.role, t.creation_time, t.expiration_time";

    private readonly Database database;
    private readonly TimeProvider clock;

    internal AccessTokens(Database database, TimeProvider clock) => (this.database, this.clock) = (database, clock);

    /// <summary>Makes a token for a user.</summary>
    /// <param name="username">Whose it will be.</param>
    /// <param name="name">What it is for; up to 255 characters.</param>
    /// <param name="limit">The most that it allows; a token limited to <see cref="Role.Read"/> changes nothing, whoever owns it.</param>
    /// <param name="lifetime">After which it is refused; null for never.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE, or RESOURCE_DOES_NOT_EXIST for the user.</exception>
    public async Task<NewAccessToken> CreateAsync(string username, string name = "", Role limit = Role.Admin, TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > 255) throw MlflowException.Invalid($"name: expected up to 255 characters, found {name.Length}");
        if (limit == Role.None) throw MlflowException.Invalid("permission: a token that allows nothing is of no use; expected READ, EDIT or MANAGE");
        DateTimeOffset now = clock.GetUtcNow();
        if (lifetime is { } asked && (asked <= TimeSpan.Zero || asked > DateTimeOffset.MaxValue - now))
            throw MlflowException.Invalid($"the token's lifetime is {asked}; expected one that ends in the future");
        string token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        long? end = lifetime is null ? null : (now + lifetime.Value).ToUnixTimeMilliseconds();
        long id = await database.WriteAsync(
            session => session.ScalarAsync<long>(
                "INSERT INTO access_tokens (user_id, name, hash, role, creation_time, expiration_time) SELECT id, @name, @hash, @role, @now, @end FROM users WHERE name = @user RETURNING id",
                ("@name", name), ("@hash", HashOf(token)), ("@role", (long)limit), ("@now", now.ToUnixTimeMilliseconds()), ("@end", end), ("@user", username)),
            cancellation);
        if (id == 0) throw Users.Missing(username);
        return new NewAccessToken(token, new AccessToken(id, username, name, RoleNames.Of(limit), now.ToUnixTimeMilliseconds(), end));
    }

    /// <summary>A user's tokens, expired ones included, the oldest first.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(string username, CancellationToken cancellation = default) => await database.ReadAsync(
        session => session.QueryAsync(
            $"{Columns} FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE u.name = @name ORDER BY t.id",
            row => new AccessToken(row.GetInt64(0), row.GetString(1), row.GetString(2), RoleNames.Of((Role)row.GetInt64(3)), row.GetInt64(4), row.NumberOrNull(5)), ("@name", username)),
        cancellation);

    /// <summary>Makes a token useless from now on.</summary>
    /// <param name="tokenId"><see cref="AccessToken.TokenId"/>.</param>
    /// <param name="username">Whose it has to be; null for anybody's.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MlflowException">RESOURCE_DOES_NOT_EXIST.</exception>
    public async Task RevokeAsync(long tokenId, string? username = null, CancellationToken cancellation = default)
    {
        int found = await database.WriteAsync(
            session => session.ExecuteAsync(
                "DELETE FROM access_tokens WHERE id = @id AND (@name = '' OR user_id = (SELECT id FROM users WHERE name = @name))", ("@id", tokenId), ("@name", username ?? "")),
            cancellation);
        if (found == 0) throw MlflowException.Missing($"access token {tokenId} does not exist");
    }

    /// <summary>Who a token speaks for, or null where it is unknown or has expired.</summary>
    internal async Task<Caller?> FindAsync(string token, CancellationToken cancellation)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length > 100) return null;
        string hash = HashOf(token);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // The index compares hashes, and how far two hashes agree says nothing of how far two tokens do.
        return await database.ReadAsync(
            session => session.FirstAsync(
                "SELECT u.id, u.name, u.role, t.role FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = @hash AND (t.expiration_time IS NULL OR t.expiration_time > @now)",
                row => new Caller(row.GetInt64(0), row.GetString(1), (Role)row.GetInt64(2), (Role)row.GetInt64(3)), ("@hash", hash), ("@now", now)),
            cancellation);
    }

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
