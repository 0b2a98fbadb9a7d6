using System.Globalization;
using System.Text;

namespace Vigie.Mlflow.Client;

/// <summary>What MLflow's environment variables say. Its text shows no secret.</summary>
public sealed record MlflowEnvironment
{
    /// <summary>The variable of <see cref="TrackingUri"/>.</summary>
    public const string TrackingUriVariable = "MLFLOW_TRACKING_URI";

    /// <summary>The variable of <see cref="Username"/>.</summary>
    public const string UsernameVariable = "MLFLOW_TRACKING_USERNAME";

    /// <summary>The variable of <see cref="Password"/>.</summary>
    public const string PasswordVariable = "MLFLOW_TRACKING_PASSWORD";

    /// <summary>The variable of <see cref="Token"/>.</summary>
    public const string TokenVariable = "MLFLOW_TRACKING_TOKEN";

    /// <summary>The variable of <see cref="InsecureTls"/>.</summary>
    public const string InsecureTlsVariable = "MLFLOW_TRACKING_INSECURE_TLS";

    /// <summary>The variable of <see cref="Retries"/>.</summary>
    public const string RetriesVariable = "MLFLOW_HTTP_REQUEST_MAX_RETRIES";

    /// <summary>The variable of <see cref="ExperimentName"/>.</summary>
    public const string ExperimentNameVariable = "MLFLOW_EXPERIMENT_NAME";

    /// <summary>The variable of <see cref="ExperimentId"/>.</summary>
    public const string ExperimentIdVariable = "MLFLOW_EXPERIMENT_ID";

    /// <summary>The variable of <see cref="RunId"/>.</summary>
    public const string RunIdVariable = "MLFLOW_RUN_ID";

    /// <summary>Where runs go: a server's address, or a database as <see cref="Database.OpenAsync"/> takes it.</summary>
    public string? TrackingUri { get; init; }

    /// <summary>Name for basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>Password for basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>Bearer token; used where no name and password are set, as by MLflow's own clients.</summary>
    public string? Token { get; init; }

    /// <summary>Whether a server's certificate that cannot be trusted is accepted all the same.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>How often a request that is safe to repeat is sent again; the client's own number where null.</summary>
    public int? Retries { get; init; }

    /// <summary>The experiment that new runs go to.</summary>
    public string? ExperimentName { get; init; }

    /// <summary>The same by its id, which goes before the name.</summary>
    public string? ExperimentId { get; init; }

    /// <summary>A run to go on with.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether <see cref="TrackingUri"/> names a server.</summary>
    public bool IsServer => TrackingUri is not null
        && (TrackingUri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || TrackingUri.StartsWith("https://", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the variables; an empty one counts as unset.</summary>
    /// <param name="variable">Gives a variable's value by its name; this process's environment where null.</param>
    /// <exception cref="MlflowException">A variable has a value that cannot be understood.</exception>
    public static MlflowEnvironment Read(Func<string, string?>? variable = null)
    {
        Func<string, string?> read = variable ?? Environment.GetEnvironmentVariable;
        string? Value(string name) => read(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        return new()
        {
            TrackingUri = Value(TrackingUriVariable),
            Username = Value(UsernameVariable),
            // Spaces may belong to a password.
            Password = read(PasswordVariable) is { Length: > 0 } password ? password : null,
            Token = Value(TokenVariable),
            InsecureTls = Value(InsecureTlsVariable) is { } insecure && YesOrNo(InsecureTlsVariable, insecure),
            Retries = Value(RetriesVariable) is { } retries ? Number(RetriesVariable, retries, 0, 20) : null,
            ExperimentName = Value(ExperimentNameVariable),
            ExperimentId = Value(ExperimentIdVariable),
            RunId = Value(RunIdVariable),
        };
    }

    private static bool YesOrNo(string variable, string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => throw MlflowException.Invalid($"{variable} is '{value}'; it must be true, 1, false or 0"),
    };

    private static int Number(string variable, string value, int least, int most) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
        ? number
        : throw MlflowException.Invalid($"{variable} is '{value}'; it must be a whole number from {least} to {most}");

    /// <summary>An address without name, password and query.</summary>
    internal static string WithoutSecrets(string address) => Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : address.Contains('@', StringComparison.Ordinal) ? "(an address that cannot be understood)" : address;

    // A record prints all its members; these must not reach a log.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"TrackingUri = {(TrackingUri is null ? "unset" : WithoutSecrets(TrackingUri))}, ");
        builder.Append(CultureInfo.InvariantCulture, $"Username = {(Username is null ? "unset" : "set")}, Password = {(Password is null ? "unset" : "set")}, Token = {(Token is null ? "unset" : "set")}, ");
        builder.Append(CultureInfo.InvariantCulture, $"InsecureTls = {InsecureTls}, Retries = {Retries}, ExperimentName = {ExperimentName}, ExperimentId = {ExperimentId}, RunId = {RunId}");
        return true;
    }
}
