using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MimeKit;

namespace Vigie.Server.Tests;

/// <summary>A real mail server, Debian's aiosmtpd, as an ordinary process on a free port of the loopback.</summary>
internal sealed class SmtpProcess : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's, which has the package

    private readonly Process process;

    private SmtpProcess(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts one, or skips the test where it is not installed.</summary>
    /// <param name="certificate">For TLS; with a key. Null for none.</param>
    /// <param name="key">The certificate's key.</param>
    /// <param name="implicitTls">TLS from the first byte.</param>
    /// <param name="user">Who may sign in, and has to.</param>
    /// <param name="password">With what.</param>
    /// <param name="refused">Receivers that are refused, and the answer.</param>
    /// <param name="answer">What is said to a message.</param>
    public static async Task<SmtpProcess> StartAsync(
        string? certificate = null, string? key = null, bool implicitTls = false, string? user = null, string? password = null, Dictionary<string, string>? refused = null, string answer = "250 OK")
    {
        Assert.SkipUnless(File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"), "aiosmtpd is not installed: apt-get install python3-aiosmtpd");
        string settings = JsonSerializer.Serialize(new { certificate, key, @implicit = implicitTls, user, password, refused = refused ?? [], answer });
        Process process = Process.Start(new ProcessStartInfo(Python, [Path.Combine(SharedData.Repository, "tests", "Vigie.Server.Tests", "Alerts", "smtp_server.py"), settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string port = await process.StandardOutput.ReadLineAsync() ?? throw new IOException("the mail server did not start");
        return new SmtpProcess(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>The next message that it was given.</summary>
    public async Task<ReceivedMail> NextAsync()
    {
        string line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30)) ?? throw new IOException("the mail server has ended");
        JsonElement mail = JsonDocument.Parse(line).RootElement;
        byte[] data = mail.GetProperty("data").GetBytesFromBase64();
        return new ReceivedMail(
            [.. mail.GetProperty("to").EnumerateArray().Select(to => to.GetString()!)], mail.GetProperty("tls").GetBoolean(), mail.GetProperty("user").GetString(),
            System.Text.Encoding.UTF8.GetString(data), MimeMessage.Load(new MemoryStream(data)));
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

/// <summary>A message that the mail server took.</summary>
internal sealed record ReceivedMail(IReadOnlyList<string> To, bool Tls, string? User, string Raw, MimeMessage Message);
