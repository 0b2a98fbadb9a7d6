using System.Globalization;
using System.Text;

namespace Vigie.Mlflow.Client;

/// <summary>Which server a client talks to, who it is, and how long it tries. Its text shows no secret.</summary>
public sealed record MlflowClientOptions
{
    private const int OwnRetries = 6;

    /// <summary>The server's address, such as <c>http://127.0.0.1:5000</c>, with the path before <c>/api</c> where there is one.</summary>
    public required Uri Server { get; init; }

    /// <summary>Name for basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>Password for basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>Bearer token; used where no name and password are set.</summary>
    public string? Token { get; init; }

    /// <summary>Whether a certificate that cannot be trusted is accepted.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>How often a request that is safe to repeat is sent again, 0 to 20.</summary>
    public int Retries { get; init; } = OwnRetries;

    /// <summary>The wait before the first repetition, doubled from one to the next, and varied by chance so that clients do not come back together.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest wait before a repetition. A server that asks for a longer one is not asked again.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt may take; for a file, how long it may stand still.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gives times where the caller gives none, and measures the waits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The options that the environment's variables ask for.</summary>
    /// <exception cref="MlflowException"><see cref="MlflowEnvironment.TrackingUri"/> is unset or not a server's address.</exception>
    public static MlflowClientOptions From(MlflowEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment.TrackingUri is not { } address)
            throw MlflowException.Invalid($"{MlflowEnvironment.TrackingUriVariable} is unset; it must name a server, such as http://127.0.0.1:5000");
        if (!environment.IsServer || !Uri.TryCreate(address, UriKind.Absolute, out Uri? server))
            throw MlflowException.Invalid($"{MlflowEnvironment.TrackingUriVariable} is {MlflowEnvironment.WithoutSecrets(address)}; a client needs a server's address, such as http://127.0.0.1:5000");
        return new()
        {
            Server = server,
            Username = environment.Username,
            Password = environment.Password,
            Token = environment.Token,
            InsecureTls = environment.InsecureTls,
            Retries = environment.Retries ?? OwnRetries,
        };
    }

    /// <summary>These options, checked, with a name and password in the address moved out of it.</summary>
    internal MlflowClientOptions Validated()
    {
        if (Server is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw MlflowException.Invalid($"the server's address is {MlflowEnvironment.WithoutSecrets(Server?.OriginalString ?? "")}; it must begin with http:// or https://");
        if (Retries is < 0 or > 20) throw MlflowException.Invalid($"{nameof(Retries)} is {Retries}; it must be 0 to 20");
        if (Timeout <= TimeSpan.Zero) throw MlflowException.Invalid($"{nameof(Timeout)} is {Timeout}; it must be positive");
        if (RetryDelay < TimeSpan.Zero || LongestRetryDelay < RetryDelay)
            throw MlflowException.Invalid($"{nameof(RetryDelay)} is {RetryDelay} and {nameof(LongestRetryDelay)} is {LongestRetryDelay}; the first must be at least zero and at most the second");
        if (Server.Query.Length > 0 || Server.Fragment.Length > 0)
            throw MlflowException.Invalid($"the server's address {MlflowEnvironment.WithoutSecrets(Server.OriginalString)} has a query or fragment; it must have none");

        string[] user = Server.UserInfo.Split(':', 2);
        Uri bare = new(MlflowEnvironment.WithoutSecrets(Server.AbsoluteUri).TrimEnd('/') + "/");
        return this with
        {
            Server = bare,
            Username = Username ?? (user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null),
            Password = Password ?? (user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null),
        };
    }

    // A record prints all its members; these must not reach a log.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Server = {MlflowEnvironment.WithoutSecrets(Server.OriginalString)}, Username = {(Username is null ? "unset" : "set")}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Password = {(Password is null ? "unset" : "set")}, Token = {(Token is null ? "unset" : "set")}, InsecureTls = {InsecureTls}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Retries = {Retries}, RetryDelay = {RetryDelay}, LongestRetryDelay = {LongestRetryDelay}, Timeout = {Timeout}");
        return true;
    }
}
