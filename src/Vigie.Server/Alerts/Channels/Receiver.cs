using System.Net;
using System.Text;
using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>
/// Posts messages by HTTP, to checked addresses only. Whatever a receiver does ends: after ten seconds, after 4 KiB of an answer, without following where it
/// points to; and nothing that is a secret gets into what is told of it.
/// </summary>
internal sealed class Receiver : IDisposable
{
    /// <summary>How long a receiver may take, from the first packet to the end of its answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long a receiver may ask to be left alone.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const int LongestAnswer = 4096, LongestQuote = 200;

    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly IReadOnlyList<string> secrets;

    /// <param name="guard">Connects.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="secrets">What is taken out of whatever receivers say.</param>
    public Receiver(AddressGuard guard, TimeProvider clock, IReadOnlyList<string> secrets)
    {
        (this.clock, this.secrets) = (clock, secrets);
        SocketsHttpHandler handler = guard.CreateHandler(plainNamedOnly: true);
        handler.SslOptions.CertificateChainPolicy = CertificateTrust.Policy(null);
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("User-Agent", "Vigie");
    }

    /// <summary>Sends a request. Of a refusal the beginning is read; of 2xx nothing: the receiver has the message, whatever becomes of its answer.</summary>
    /// <param name="request">The request; disposed of.</param>
    /// <param name="isPassing">Whether a refusal is of the moment only, by its status and text, where the receiver has its own ways to say so.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="DeliveryException">The receiver has not taken it, or was not reached.</exception>
    public async Task SendAsync(HttpRequestMessage request, Func<HttpStatusCode, string, bool>? isPassing = null, CancellationToken cancellation = default)
    {
        string host = request.RequestUri!.Host;
        using HttpRequestMessage disposed = request;
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (answer.IsSuccessStatusCode) return;
            string text = await BeginningAsync(answer, either.Token);
            bool isFinal = IsFinal(answer.StatusCode) && isPassing?.Invoke(answer.StatusCode, text) != true;
            throw new DeliveryException($"{host} answered {(int)answer.StatusCode}{Quoted(text)}{Redirect(answer.StatusCode)}", isFinal, PauseOf(answer));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DeliveryException($"{host} did not answer within {Patience.TotalSeconds:0} seconds");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new DeliveryException($"{host} was not reached: {Masked(fault.Message, secrets)}", cause: fault);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>The text with secrets taken out.</summary>
    public static string Masked(string text, IReadOnlyList<string> secrets) =>
        secrets.Aggregate(text, (masked, secret) => masked.Replace(secret, EffectiveSetting.Mask, StringComparison.OrdinalIgnoreCase));

    // Redirects are not followed, so they are no success, and trying again would bring the same.
    private static bool IsFinal(HttpStatusCode status) => (int)status < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) && (int)status != 425;

    private static string Redirect(HttpStatusCode status) => (int)status is >= 300 and < 400 ? "; redirects are not followed, expected the address itself in the settings" : "";

    private TimeSpan? PauseOf(HttpResponseMessage answer)
    {
        TimeSpan? asked = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date - clock.GetUtcNow());
        return asked is not { } pause ? null : pause < TimeSpan.Zero ? TimeSpan.Zero : pause > LongestPause ? LongestPause : pause;
    }

    private string Quoted(string text)
    {
        string line = Masked(SafeText.Line(text, LongestQuote + 1000), secrets);
        return line.Length == 0 ? "" : $": {SafeText.Cut(line, LongestQuote)}";
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        byte[] beginning = new byte[LongestAnswer];
        int read = await body.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(beginning, 0, read);
    }
}
