using Vigie.Mlflow.Client;

namespace Vigie.Cli;

/// <summary>The database that runs and models are kept in where no server is named.</summary>
/// <param name="Address">As a store is opened with it.</param>
/// <param name="File">Its file; null for PostgreSQL.</param>
internal sealed record LocalDatabase(string Address, string? File)
{
    private const string Sqlite = "sqlite:///";

    /// <summary>The address for people: without a password.</summary>
    public string Shown => File ?? MlflowEnvironment.WithoutSecrets(Address);

    /// <summary>Whether opening it would find one; PostgreSQL is taken for one that is there.</summary>
    public bool IsThere => File is null || System.IO.File.Exists(File);

    /// <summary>The database <c>vigie.db</c> in a folder.</summary>
    public static LocalDatabase In(string folder)
    {
        string file = Path.Combine(folder, "vigie.db");
        return new LocalDatabase(file, file);
    }

    /// <summary>The database that MLFLOW_TRACKING_URI names, or the state folder's own.</summary>
    /// <exception cref="InvalidInputException">The address names no database.</exception>
    public static LocalDatabase Of(string? trackingUri, VerbRun run) =>
        trackingUri is null ? In(run.StateFolder) : Of(trackingUri, MlflowEnvironment.TrackingUriVariable, "a server's address such as http://127.0.0.1:5000, ", run);

    /// <summary>The database of an address.</summary>
    /// <param name="address">sqlite:///FILE, a file, or postgresql://…; a relative file lies in the working folder.</param>
    /// <param name="setting">What the caller knows the address as.</param>
    /// <param name="alternative">What else could stand there, for the message.</param>
    /// <param name="run">Knows the working folder.</param>
    /// <exception cref="InvalidInputException">The address names no database.</exception>
    public static LocalDatabase Of(string address, string setting, string alternative, VerbRun run)
    {
        if (address.StartsWith("postgresql:", StringComparison.Ordinal) || address.StartsWith("postgres:", StringComparison.Ordinal)) return new LocalDatabase(address, null);
        string path = address.StartsWith(Sqlite, StringComparison.Ordinal) ? address[Sqlite.Length..] : address;
        bool isPath = path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && (path != address || !path.Contains(':', StringComparison.Ordinal) || Path.IsPathFullyQualified(path));
        if (!isPath)
            throw new InvalidInputException($"{setting} is '{Terminal.Printable(MlflowEnvironment.WithoutSecrets(address))}'; expected {alternative}{Sqlite}FILE or postgresql://USER@HOST/NAME");
        string file = Path.GetFullPath(path, run.Terminal.WorkingFolder);
        return Directory.Exists(file)
            ? throw new InvalidInputException($"{setting} is '{Terminal.Printable(address)}', which is a folder; name a database file in it, or take an mlruns folder over with 'vigie tracking import'")
            : new LocalDatabase(file, file);
    }
}
