using Microsoft.Extensions.Time.Testing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Security;

public sealed class UsersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Users_come_change_and_go_and_an_admin_stays(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        Users users = store.Users;
        Assert.False(await users.HaveAdminAsync(Cancel));
        User admin = await users.CreateAsync("admin", null, Role.Admin, Cancel);
        await users.CreateAsync("Zoë", "a long password", Role.Read, Cancel);

        Assert.True(await users.HaveAdminAsync(Cancel));
        Assert.Equal(["Zoë", "admin"], (await users.ListAsync(Cancel)).Select(user => user.Username));
        Assert.True((await users.GetAsync("admin", Cancel)).IsAdmin);
        await RefusedAsync(ErrorCode.ResourceAlreadyExists, () => users.CreateAsync("admin", "a long password", Role.Read, Cancel));
        await RefusedAsync(ErrorCode.InvalidState, () => users.DeleteAsync("admin", Cancel));
        await RefusedAsync(ErrorCode.InvalidState, () => users.SetRoleAsync("admin", Role.Write, Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => users.GetAsync("nobody", Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => users.SetPasswordAsync("nobody", "a long password", Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => users.DeleteAsync("nobody", Cancel));

        await users.SetRoleAsync("Zoë", Role.Admin, Cancel);
        await users.DeleteAsync("admin", Cancel);
        User again = await users.CreateAsync("admin", null, Role.Read, Cancel);
        Assert.NotEqual(admin.Id, again.Id);
    }

    [Theory]
    [InlineData("", "a long password")]
    [InlineData("  ", "a long password")]
    [InlineData("a:b", "a long password")]
    [InlineData("a\nb", "a long password")]
    [InlineData("a\0b", "a long password")]
    [InlineData("a\ud800b", "a long password")]
    [InlineData("ann", "")]
    [InlineData("ann", "       ")]
    [InlineData("ann", "          ")]
    [InlineData("ann", "1234567")]
    public async Task Names_that_no_header_carries_and_short_passwords_are_refused(string username, string password)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();
        await RefusedAsync(ErrorCode.InvalidParameterValue, () => store.Users.CreateAsync(username, password, Role.Read, Cancel));
    }

    [Fact]
    public async Task Neither_passwords_nor_tokens_are_in_the_database()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using (MlflowStore store = await database.OpenStoreAsync())
        {
            await store.Users.CreateAsync("ann", "a long password", Role.Read, Cancel);
            NewAccessToken token = await store.Tokens.CreateAsync("ann", "laptop", cancellation: Cancel);
            foreach (string file in Directory.GetFiles(database.Folder))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                string text = await new StreamReader(stream, System.Text.Encoding.Latin1).ReadToEndAsync(Cancel);
                Assert.DoesNotContain("a long password", text, StringComparison.Ordinal);
                Assert.DoesNotContain(token.Token, text, StringComparison.Ordinal);
                Assert.DoesNotContain(token.Token["vigie_".Length..], text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_password_is_hashed_with_a_salt_of_its_own()
    {
        string hash = Passwords.Hash("a long password");

        Assert.NotEqual(hash, Passwords.Hash("a long password"));
        Assert.StartsWith("pbkdf2-sha256$600000$", hash, StringComparison.Ordinal);
        Assert.True(Passwords.Verify("a long password", hash));
        Assert.False(Passwords.Verify("a long passwore", hash));
        Assert.False(Passwords.Verify("", hash));
        Assert.False(Passwords.Verify("a long password", null));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_token_speaks_for_its_user_until_it_expires_or_is_revoked(string kind)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync(clock);
        await store.Users.CreateAsync("ann", null, Role.Write, Cancel);
        NewAccessToken short_ = await store.Tokens.CreateAsync("ann", "ci", Role.Read, TimeSpan.FromHours(1), Cancel);
        NewAccessToken long_ = await store.Tokens.CreateAsync("ann", "laptop", cancellation: Cancel);

        Caller caller = (await store.Tokens.FindAsync(short_.Token, Cancel))!;
        Assert.Equal(("ann", Role.Write, Role.Read), (caller.Username, caller.Role, caller.Limit));
        Assert.Equal(["ci", "laptop"], (await store.Tokens.ListAsync("ann", Cancel)).Select(token => token.Name));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await store.Tokens.FindAsync(short_.Token, Cancel));
        Assert.NotNull(await store.Tokens.FindAsync(long_.Token, Cancel));
        Assert.Null(await store.Tokens.FindAsync(long_.Token + "x", Cancel));
        Assert.Null(await store.Tokens.FindAsync(long_.Token[..^1], Cancel));
        Assert.Null(await store.Tokens.FindAsync("", Cancel));

        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => store.Tokens.RevokeAsync(long_.Info.TokenId, "bob", Cancel));
        await store.Tokens.RevokeAsync(long_.Info.TokenId, "ann", Cancel);
        Assert.Null(await store.Tokens.FindAsync(long_.Token, Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => store.Tokens.RevokeAsync(long_.Info.TokenId, null, Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => store.Tokens.CreateAsync("nobody", cancellation: Cancel));
        await RefusedAsync(ErrorCode.InvalidParameterValue, () => store.Tokens.CreateAsync("ann", lifetime: TimeSpan.Zero, cancellation: Cancel));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_permission_follows_a_renamed_model_and_goes_with_a_deleted_one(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        await store.Users.CreateAsync("ann", null, Role.None, Cancel);
        await store.Registry.CreateAsync("old", cancellation: Cancel);
        Grants grants = store.RegisteredModelPermissions;
        await grants.CreateAsync("old", "ann", Role.Write, Cancel);
        await RefusedAsync(ErrorCode.ResourceAlreadyExists, () => grants.CreateAsync("old", "ann", Role.Read, Cancel));

        await store.Registry.RenameAsync("old", "new", Cancel);
        Assert.Equal(Role.Write, (await grants.GetAsync("new", "ann", Cancel)).Role);
        await grants.UpdateAsync("new", "ann", Role.Read, Cancel);
        Assert.Equal([new RegisteredModelGrant("new", (await store.Users.GetAsync("ann", Cancel)).Id, "READ")], (await store.Users.GetAsync("ann", Cancel)).RegisteredModelPermissions);

        await store.Registry.DeleteAsync("new", Cancel);
        await store.Registry.CreateAsync("new", cancellation: Cancel);
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => grants.GetAsync("new", "ann", Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => grants.UpdateAsync("new", "ann", Role.Read, Cancel));
        await RefusedAsync(ErrorCode.ResourceDoesNotExist, () => grants.DeleteAsync("old", "ann", Cancel));
    }

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(act)).Code);
}
