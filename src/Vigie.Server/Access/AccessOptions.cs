namespace Vigie.Server;

/// <summary>Whom the server answers (<c>access</c>).</summary>
public sealed record AccessOptions
{
    /// <summary>
    /// Ask every caller for a key or a token. Where nobody says, callers are asked as soon as other machines can reach one of the addresses, and on loopback
    /// they are not. It cannot be false where other machines can reach the server.
    /// </summary>
    public bool? Required { get; init; }

    /// <summary>
    /// Names under which a server that asks its callers is reached, beside localhost, the loopback addresses and the address that a request came in at:
    /// <c>vigie.example.org</c>, <c>*.example.org</c>, or <c>*</c> for every name. A port is not part of a name.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The file of API keys, which <c>vigie keys</c> writes and servers read again when it has changed; <c>keys.json</c> in the state folder where nobody says.</summary>
    public string? KeysFile { get; init; }

    /// <summary>Tokens of an identity provider.</summary>
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Whether callers are asked who they are.</summary>
    internal bool IsClosed(IReadOnlyList<Uri> addresses) => Required ?? !addresses.All(address => address.IsLoopback);

    /// <summary>Checks every value against the addresses that will be listened on.</summary>
    /// <exception cref="InvalidInputException">A value is malformed, an address may not be listened on like this, or nobody could call.</exception>
    internal void Check(IReadOnlyList<Uri> addresses, TimeProvider clock)
    {
        foreach (string host in AllowedHosts)
        {
            string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
            if (host != "*" && Uri.CheckHostName(name.Trim('[', ']')) == UriHostNameType.Unknown)
                throw new InvalidInputException($"access.allowed_hosts has '{host}'; expected a name without scheme, port or path, such as vigie.example.org, *.example.org or 192.168.1.5");
        }

        if (KeysFile is "") throw new InvalidInputException("access.keys_file is empty; expected the path of a file");
        Oidc.Check();
        if (Required is false && addresses.FirstOrDefault(address => !address.IsLoopback) is { } open)
            throw new InvalidInputException($"access.required is false, and other machines could reach {open.OriginalString}; a server that they can reach asks its callers: leave access.required out, or listen on 127.0.0.1");
        if (!IsClosed(addresses) || Oidc.IsOn || (KeysFile is not null && new ApiKeys(KeysFile, clock).AnyUsable())) return;
        string why = addresses.FirstOrDefault(address => !address.IsLoopback) is { } remote
            ? $"urls has '{remote.OriginalString}': other machines could reach it, and"
            : "access.required is true, and";
        throw new InvalidInputException(
            $"{why} there is no key or token yet by which callers would be let in; make a key with 'vigie keys create NAME --scope predict,feedback', set access.oidc.authority, or listen on 127.0.0.1");
    }

    /// <summary>What whoever starts a server has to be told about its openness.</summary>
    internal string Notice(IReadOnlyList<Uri> addresses) =>
        !IsClosed(addresses) ? "open: every user and program of this machine may ask, correct and erase (access.required is off)"
        : Oidc.IsOn ? $"closed: callers send an API key, or a token of {Oidc.Authority}"
        : "closed: callers send an API key";
}
