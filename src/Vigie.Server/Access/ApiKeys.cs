namespace Vigie.Server;

/// <summary>The keys that programs call with: made, listed, revoked and rotated. Servers that share the file notice within a second or two.</summary>
/// <param name="file">Where they are kept: <c>keys.json</c> of the state folder.</param>
/// <param name="clock">Says when they are made and end.</param>
public sealed class ApiKeys(string file, TimeProvider clock)
{
    private const int MostNameLength = 100;

    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(10);

    /// <summary>Every key, expired ones included, by name.</summary>
    /// <exception cref="InvalidInputException">The file holds something else.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<ApiKey> List()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return [.. Read().Keys.Select(key => key.Shown(now))];
    }

    /// <summary>Whether there is a key that somebody could call with now.</summary>
    /// <inheritdoc cref="List"/>
    public bool AnyUsable()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return Read().Keys.Any(key => key.Expires is null || key.Expires > now);
    }

    /// <summary>Makes a key.</summary>
    /// <param name="name">What people will call it.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="lifetime">After which it is refused; null for never.</param>
    /// <param name="cancellation">Ends the wait for others that write the file.</param>
    /// <exception cref="InvalidInputException">The name is malformed or taken, there is no scope, or the lifetime is none.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<NewApiKey> CreateAsync(string name, IReadOnlyList<Scope> scopes, TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(scopes);
        if (name.Length is 0 or > MostNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@'))
            throw new InvalidInputException($"key '{name}': expected a name of 1 to {MostNameLength} letters, digits, dots, dashes, underscores and at signs");
        if (scopes.Count == 0) throw new InvalidInputException($"key '{name}': a key that may do nothing is of no use; name some of {string.Join(", ", ScopeNames.All)}");
        string secret = KeySecret.New();
        return await ChangeAsync(
            (keys, now) =>
            {
                if (keys.ContainsKey(name)) throw new InvalidInputException($"there is a key '{name}' already; rotate it, revoke it, or choose another name");
                keys[name] = new KeptKey
                {
                    Name = name,
                    Scopes = [.. scopes.Distinct().Order().Select(ScopeNames.Of)],
                    Created = now,
                    Expires = EndOf(name, lifetime, now),
                    Secrets = [new KeptSecret(KeySecret.Of(secret).ToString())],
                };
                return new NewApiKey(secret, keys[name].Shown(now));
            },
            cancellation);
    }

    /// <summary>Makes a key useless.</summary>
    /// <exception cref="InvalidInputException">There is no such key.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<ApiKey> RevokeAsync(string name, CancellationToken cancellation = default) => ChangeAsync(
        (keys, now) => keys.Remove(name, out KeptKey? revoked) ? revoked.Shown(now) : throw Missing(name, keys.Keys),
        cancellation);

    /// <summary>Gives a key another secret.</summary>
    /// <param name="name">Which.</param>
    /// <param name="overlap">For how long the secret before it is taken too; zero for no longer.</param>
    /// <param name="lifetime">From now on, in place of the end that the key had; null leaves that.</param>
    /// <param name="cancellation">Ends the wait for others that write the file.</param>
    /// <exception cref="InvalidInputException">There is no such key, or it has expired and gets no new lifetime.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<NewApiKey> RotateAsync(string name, TimeSpan overlap, TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        if (overlap < TimeSpan.Zero || overlap > TimeSpan.FromDays(365)) throw new InvalidInputException($"key '{name}': the overlap is {Duration.Format(overlap)}; expected 0s to 365d");
        string secret = KeySecret.New();
        return ChangeAsync(
            (keys, now) =>
            {
                if (!keys.TryGetValue(name, out KeptKey? key)) throw Missing(name, keys.Keys);
                if (lifetime is null && key.Expires <= now)
                    throw new InvalidInputException($"the key '{name}' expired on {key.Expires:yyyy-MM-dd HH:mm}; say how long it is to live from now on, or revoke it");
                DateTimeOffset until = now + overlap;
                IEnumerable<KeptSecret> before = key.Secrets.Select(old => old.Until < until ? old : old with { Until = until }).Where(old => old.Until > now);
                keys[name] = key with
                {
                    Rotated = now,
                    Expires = lifetime is null ? key.Expires : EndOf(name, lifetime, now),
                    Secrets = [new KeptSecret(KeySecret.Of(secret).ToString()), .. before],
                };
                return new NewApiKey(secret, keys[name].Shown(now));
            },
            cancellation);
    }

    private static DateTimeOffset? EndOf(string name, TimeSpan? lifetime, DateTimeOffset now)
    {
        if (lifetime is null) return null;
        if (lifetime <= TimeSpan.Zero || lifetime > TimeSpan.FromDays(36_500)) throw new InvalidInputException($"key '{name}': its lifetime is {Duration.Format(lifetime.Value)}; expected 1ms to 36500d");
        return now + lifetime;
    }

    private static InvalidInputException Missing(string name, IEnumerable<string> names) =>
        new($"there is no key '{name}'{(Spelling.Nearest(name, names) is { } near ? $"; did you mean '{near}'?" : "; 'vigie keys list' shows what there is")}");

    private KeyFile Read() => KeyFile.Parse(KeyFile.Load(file), file);

    private async Task<T> ChangeAsync<T>(Func<SortedDictionary<string, KeptKey>, DateTimeOffset, T> change, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using FileStream held = await LockAsync(cancellation);
        var keys = new SortedDictionary<string, KeptKey>(Read().Keys.ToDictionary(key => key.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        T result = change(keys, clock.GetUtcNow());
        new KeyFile { Keys = [.. keys.Values] }.Save(file);
        return result;
    }

    // A file of its own: the keys' file is replaced, and who waits for a lock on the old one would then hold nothing.
    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        long began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(began) < LongestLock)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancellation);
            }
        }
    }
}
