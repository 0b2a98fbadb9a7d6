using Vigie.Mlflow.Client;

namespace Vigie.Server;

/// <summary>The database that runs and models are kept in where no server is named.</summary>
/// <param name="Address">As a store is opened with it.</param>
/// <param name="File">Its file; null for PostgreSQL.</param>
public sealed record LocalDatabase(string Address, string? File)
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

    /// <summary>The database of an address.</summary>
    /// <param name="address">sqlite:///FILE, a file, or postgresql://…</param>
    /// <param name="setting">What the caller knows the address as.</param>
    /// <param name="alternative">What else could stand there, for the message.</param>
    /// <param name="workingFolder">Where a relative file lies.</param>
    /// <exception cref="InvalidInputException">The address names no database.</exception>
    public static LocalDatabase Of(string address, string setting, string alternative, string workingFolder)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.StartsWith("postgresql:", StringComparison.Ordinal) || address.StartsWith("postgres:", StringComparison.Ordinal)) return new LocalDatabase(address, null);
        string path = address.StartsWith(Sqlite, StringComparison.Ordinal) ? address[Sqlite.Length..] : address;
        bool isPath = path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && (path != address || !path.Contains(':', StringComparison.Ordinal) || Path.IsPathFullyQualified(path));
        if (!isPath)
            throw new InvalidInputException($"{setting} is '{MlflowEnvironment.WithoutSecrets(address)}'; expected {alternative}{Sqlite}FILE or postgresql://USER@HOST/NAME");
        string file = Path.GetFullPath(path, workingFolder);
        return Directory.Exists(file)
            ? throw new InvalidInputException($"{setting} is '{address}', which is a folder; name a database file in it, or take an mlruns folder over with 'vigie tracking import'")
            : new LocalDatabase(file, file);
    }
}
