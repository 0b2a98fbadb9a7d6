using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

/// <summary>API keys in a folder of their own.</summary>
public sealed class TestKeys : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-keys-").FullName;

    public TestKeys() => Keys = new ApiKeys(File, Clock);

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.Parse("2026-03-01T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    public string File => Path.Combine(folder, "state", "keys.json");

    public ApiKeys Keys { get; }

    public string Secret { get; private set; } = "";

    /// <summary>A server that asks its callers.</summary>
    public AccessOptions Access => new() { Required = true, KeysFile = File };

    public ServerOptions Options => new() { Access = Access, Clock = Clock };

    public static async Task<TestKeys> WithAsync(string name, params Scope[] scopes)
    {
        var keys = new TestKeys();
        keys.Secret = (await keys.Keys.CreateAsync(name, scopes)).Secret;
        return keys;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
