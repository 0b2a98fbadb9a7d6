using System.Text;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>Keys outlive processes, and their secrets are nowhere.</summary>
public sealed class ApiKeysTests : IDisposable
{
    private readonly TestKeys here = new();

    public void Dispose() => here.Dispose();

    [Fact]
    public async Task A_key_is_told_once_and_kept_as_a_hash()
    {
        NewApiKey made = await here.Keys.CreateAsync("collector", [Scope.Feedback, Scope.Predict], TimeSpan.FromDays(90));

        Assert.Matches("^vigie_[A-Za-z0-9_-]{43}$", made.Secret);
        ApiKey kept = Assert.Single(new ApiKeys(here.File, here.Clock).List());
        Assert.Equal(("collector", here.Clock.GetUtcNow(), here.Clock.GetUtcNow().AddDays(90), null), (kept.Name, kept.Created, kept.Expires, kept.Rotated));
        Assert.Equal([Scope.Predict, Scope.Feedback], kept.Scopes);
        string file = await File.ReadAllTextAsync(here.File);
        Assert.DoesNotContain(made.Secret[6..], file, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(made.Secret))), file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(here.File));
    }

    [Fact]
    public async Task Two_keys_are_never_alike() =>
        Assert.NotEqual((await here.Keys.CreateAsync("a", [Scope.Read])).Secret, (await here.Keys.CreateAsync("b", [Scope.Read])).Secret);

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("né")]
    [InlineData("a\nb")]
    [InlineData("../keys")]
    public async Task A_name_that_would_not_be_typed_again_is_refused(string name) =>
        Assert.Contains("expected a name", (await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.CreateAsync(name, [Scope.Read]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_name_is_given_once()
    {
        await here.Keys.CreateAsync("ada", [Scope.Read]);
        Assert.Contains("already", (await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.CreateAsync("ada", [Scope.Read]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_neither_revoked_nor_rotated()
    {
        await here.Keys.CreateAsync("collector", [Scope.Read]);
        Assert.Contains("did you mean 'collector'?", (await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.RevokeAsync("colector"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.RotateAsync("ada", TimeSpan.Zero));
    }

    [Fact]
    public async Task An_expired_key_is_rotated_only_with_a_new_lifetime()
    {
        await here.Keys.CreateAsync("ada", [Scope.Read], TimeSpan.FromDays(1));
        here.Clock.Advance(TimeSpan.FromDays(2));
        Assert.False(here.Keys.AnyUsable());
        Assert.Contains("expired on 2026-03-02", (await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.RotateAsync("ada", TimeSpan.FromHours(1)))).Message, StringComparison.Ordinal);

        NewApiKey rotated = await here.Keys.RotateAsync("ada", TimeSpan.FromHours(1), TimeSpan.FromDays(7));
        Assert.Equal(here.Clock.GetUtcNow().AddDays(7), rotated.Key.Expires);
        Assert.True(here.Keys.AnyUsable());
    }

    [Fact]
    public async Task Secrets_that_no_longer_count_leave_the_file()
    {
        await here.Keys.CreateAsync("ada", [Scope.Read]);
        for (int i = 0; i < 5; i++)
        {
            await here.Keys.RotateAsync("ada", TimeSpan.FromHours(1));
            here.Clock.Advance(TimeSpan.FromHours(2));
        }

        using JsonDocument file = JsonDocument.Parse(await File.ReadAllTextAsync(here.File));
        Assert.Equal(2, file.RootElement.GetProperty("keys")[0].GetProperty("secrets").GetArrayLength());
        Assert.Null(Assert.Single(here.Keys.List()).OverlapEnds);
    }

    [Fact]
    public async Task Many_writers_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => new ApiKeys(here.File, TimeProvider.System).CreateAsync($"key-{i}", [Scope.Predict]))));
        Assert.Equal(24, here.Keys.List().Count);
        Assert.Equal(["keys.json", "keys.json.lock"], Directory.GetFiles(Path.GetDirectoryName(here.File)!).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("{", "is no file of keys")]
    [InlineData("null", "is no file of keys")]
    [InlineData("""{"version": 2, "keys": []}""", "newer Vigie")]
    [InlineData("""{"keys": [{"name": "a", "scopes": ["fly"], "created": "2026-01-01T00:00:00Z", "secrets": []}]}""", "'fly'")]
    [InlineData("""{"keys": [{"name": "a", "scopes": [], "created": "2026-01-01T00:00:00Z", "secrets": [{"sha256": "00"}]}]}""", "no SHA-256")]
    public async Task A_file_that_is_something_else_is_refused_and_left_alone(string content, string reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(here.File)!);
        await File.WriteAllTextAsync(here.File, content);
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidInputException>(() => here.Keys.CreateAsync("b", [Scope.Read]))).Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(here.File));
    }
}
