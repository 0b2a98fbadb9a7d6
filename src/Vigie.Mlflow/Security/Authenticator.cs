using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vigie.Mlflow.Security;

/// <summary>Finds out who sent a request, by its Authorization header: <c>Basic</c> with a user's password, or <c>Bearer</c> with an access token.</summary>
internal sealed class Authenticator(Users users, AccessTokens tokens, TimeProvider clock)
{
    private const string Challenge = "Basic realm=\"mlflow\", charset=\"UTF-8\"";

    /// <summary>For how long a password that was right is known again without hashing it for 0.1 s: MLflow's clients send it with every request.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private const int MostRemembered = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Passwords are hashed slowly on purpose; strangers must not be able to take every core of the process with it.
    private static readonly SemaphoreSlim Hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly Guesses guesses = new(clock);
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> remembered = new(StringComparer.Ordinal);

    /// <exception cref="MlflowException">UNAUTHENTICATED, or REQUEST_LIMIT_EXCEEDED after too many wrong attempts; the headers that go with it are set.</exception>
    public async Task<Caller> AuthenticateAsync(HttpContext context, CancellationToken cancellation)
    {
        string header = context.Request.Headers.Authorization.ToString(); // several would be joined by a comma, and match nothing
        int space = header.IndexOf(' ', StringComparison.Ordinal);
        string scheme = space < 0 ? header : header[..space];
        string credentials = space < 0 ? "" : header[(space + 1)..].Trim();
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            ThrowIfWaiting(context, address, null);
            if (await tokens.FindAsync(credentials, cancellation) is { } caller) return caller;
            guesses.Failed(address, null);
            throw Refused(context, "the access token is unknown, has expired or was revoked");
        }

        if (!scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            throw Refused(context, "this server asks who you are: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN");
        if (!TryRead(credentials, out string username, out string password)) throw Refused(context, "the Authorization header is malformed");
        return await SignInAsync(context, address, username, password, cancellation) ?? throw Refused(context, "the user name or the password is wrong");
    }

    private async Task<Caller?> SignInAsync(HttpContext context, IPAddress? address, string username, string password, CancellationToken cancellation)
    {
        ThrowIfWaiting(context, address, username);
        Users.Account? account = await users.FindAsync(username, cancellation);
        string mark = MarkOf(username, password, account?.PasswordHash);
        if (!IsRemembered(mark))
        {
            await Hashing.WaitAsync(cancellation);
            try
            {
                ThrowIfWaiting(context, address, username); // others may have guessed meanwhile
                if (!IsRemembered(mark))
                {
                    if (!await Task.Run(() => Passwords.Verify(password, account?.PasswordHash), CancellationToken.None))
                    {
                        guesses.Failed(address, username);
                        return null;
                    }

                    Remember(mark);
                    guesses.Succeeded(address, username);
                }
            }
            finally
            {
                Hashing.Release();
            }
        }

        return new Caller(account!.Id, account.Username, account.Role, Role.Admin);
    }

    private static bool TryRead(string credentials, out string username, out string password)
    {
        username = password = "";
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out int length)) return false;
        try
        {
            string text = Utf8.GetString(bytes, 0, length);
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || text.Contains('\0', StringComparison.Ordinal)) return false; // PostgreSQL's texts hold no NUL
            (username, password) = (text[..colon], text[(colon + 1)..]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Stands for a name with a password. It changes with the stored hash, so a password that was changed is not remembered.</summary>
    private string MarkOf(string username, string password, string? stored) => Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{username}\0{stored}\0{password}")));

    private bool IsRemembered(string mark)
    {
        lock (gate) return remembered.TryGetValue(mark, out DateTimeOffset until) && until > clock.GetUtcNow();
    }

    private void Remember(string mark)
    {
        lock (gate)
        {
            if (remembered.Count >= MostRemembered) remembered.Clear();
            remembered[mark] = clock.GetUtcNow() + Memory;
        }
    }

    private void ThrowIfWaiting(HttpContext context, IPAddress? address, string? username)
    {
        TimeSpan wait = guesses.Wait(address, username);
        if (wait <= TimeSpan.Zero) return;
        string seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Answer(context, response => response.Headers.RetryAfter = seconds);
        throw new MlflowException(ErrorCode.RequestLimitExceeded, $"too many wrong passwords or tokens from your address; try again in {seconds} s");
    }

    private static MlflowException Refused(HttpContext context, string message)
    {
        Answer(context, response => response.Headers.WWWAuthenticate = Challenge);
        return new MlflowException(ErrorCode.Unauthenticated, message);
    }

    // An error's answer is begun anew, so what has to be in it is set last.
    private static void Answer(HttpContext context, Action<HttpResponse> set) => context.Response.OnStarting(() =>
    {
        set(context.Response);
        return Task.CompletedTask;
    });
}
