using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Mlflow.Security;

/// <summary>Passwords as they are stored: <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c>, salt and hash in base64url.</summary>
internal static class Passwords
{
    public const int LeastCharacters = 8;

    /// <summary>So that nobody makes the server hash a megabyte.</summary>
    public const int MostCharacters = 1024;

    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA-256; about 0.1 s.</summary>
    private const int Iterations = 600_000;

    private const string Scheme = "pbkdf2-sha256";

    /// <summary>What a password is compared with where there is none, so that the time of an answer does not tell which users exist.</summary>
    private static readonly string Nobody = Stored(Iterations, new byte[16], new byte[32]);

    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: the password is empty, too short or too long.</exception>
    public static string Hash(string password)
    {
        if (string.IsNullOrWhiteSpace(password) || password.Length is < LeastCharacters or > MostCharacters)
            throw MlflowException.Invalid($"password: expected {LeastCharacters} to {MostCharacters} characters, not all blank, found {password?.Length ?? 0}");
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        return Stored(Iterations, salt, Derived(password, salt, Iterations));
    }

    /// <summary>Whether a password is the stored one; takes as long where <paramref name="stored"/> is null as where it is not.</summary>
    public static bool Verify(string password, string? stored)
    {
        if (password.Length > MostCharacters) return false;
        string[] parts = (stored ?? Nobody).Split('$');
        if (parts is not [Scheme, string iterations, string salt, string hash]) throw new InvalidDataException($"a stored password is not of the form {Scheme}$…$…$…");
        byte[] derived = Derived(password, Base64Url.DecodeFromChars(salt), int.Parse(iterations, CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Base64Url.DecodeFromChars(hash)) && stored is not null;
    }

    private static byte[] Derived(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);

    private static string Stored(int iterations, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}");
}
