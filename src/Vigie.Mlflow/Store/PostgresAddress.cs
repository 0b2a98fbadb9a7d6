using Npgsql;

namespace Vigie.Mlflow;

/// <summary>Addresses of PostgreSQL as people write them: <c>postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require</c>.</summary>
internal static class PostgresAddress
{
    /// <summary>Whether an address is meant as one of PostgreSQL.</summary>
    public static bool IsOne(string address) => address.StartsWith("postgresql:", StringComparison.Ordinal) || address.StartsWith("postgres:", StringComparison.Ordinal);

    /// <summary>How to connect to an address. No message repeats it: it may hold a password.</summary>
    /// <exception cref="StoreException">It cannot be understood.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.AbsolutePath.Length < 2)
            throw new StoreException("the PostgreSQL address cannot be understood; expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
        string[] user = uri.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            MaxAutoPrepare = 128,
            MaxPoolSize = 50,
            Timeout = 5,
            ApplicationName = "vigie",
            Options = "-c synchronous_commit=on", // an acknowledged write is on the disk, whatever the server's default
        };
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string key = Uri.UnescapeDataString(parts[0]), value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            if (key == "host") connection.Host = value; // a folder with the server's socket
            else if (key == "sslmode") connection.SslMode = Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out SslMode mode) ? mode : throw new StoreException($"sslmode '{value}' is unknown");
            else throw new StoreException($"the PostgreSQL address has an unknown setting '{key}'; known are host and sslmode");
        }

        return connection;
    }
}
