using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Vigie.Tweets;

/// <summary>
/// Downloads a published file. A transfer that breaks off is taken up where it ended (also by the next run), as long as the server still has the same file;
/// the file gets its name when its size and checksum are right.
/// </summary>
/// <param name="client">Sends the requests; its redirects, proxy and certificates apply.</param>
/// <param name="clock">Times the pauses between tries.</param>
public sealed class FileDownload(HttpClient client, TimeProvider clock)
{
    /// <summary>How often in a row a try may bring nothing new before the download gives up.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>How long the server may send nothing before a try counts as broken off.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause before the second try; it doubles with every further one in a row.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Brings a file into a folder, or checks the one that is there.</summary>
    /// <exception cref="DownloadException">The server refuses, sends another file than the published one, or keeps breaking off.</exception>
    /// <exception cref="InvalidInputException">A file of that name is there and is not the published one, or the folder cannot be written.</exception>
    public async Task<DownloadReport> RunAsync(PublishedFile file, string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        string target = Path.Combine(folder, file.FileName);
        string? expected = file.Sha256 ?? Remembered(target);
        if (File.Exists(target)) return await CheckAsync(target, expected, cancellation).ConfigureAwait(false);
        using PartialFile partial = PartialFile.Open(target, file.Address);
        (long downloaded, int restarts) = await FetchAsync(file, partial, progress, cancellation).ConfigureAwait(false);
        long bytes = partial.Length;
        string digest = await partial.DigestAsync(cancellation).ConfigureAwait(false);
        if (expected is not null && digest != expected)
        {
            partial.Discard();
            throw new DownloadException($"{file.Address}: the file that arrived has SHA-256 {digest}, the published one {expected}; it was deleted, try again later");
        }

        if (file.Sha256 is null) await File.WriteAllTextAsync(SidecarOf(target), $"{digest}  {file.FileName}\n", cancellation).ConfigureAwait(false);
        partial.Complete();
        return new DownloadReport(target, bytes, digest, expected is not null, downloaded, restarts);
    }

    private async Task<(long Downloaded, int Restarts)> FetchAsync(PublishedFile file, PartialFile partial, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        long downloaded = 0;
        int restarts = 0;
        for (int fruitless = 0; ; restarts++)
        {
            long before = downloaded;
            string problem;
            TimeSpan? wait = null;
            try
            {
                (problem, wait, long received) = await TryAsync(file, partial, progress, cancellation).ConfigureAwait(false);
                downloaded += received;
                if (problem.Length == 0) return (downloaded, restarts);
            }
            catch (HttpRequestException error)
            {
                problem = error.Message;
            }

            fruitless = downloaded > before ? 0 : fruitless + 1;
            if (fruitless >= Tries) throw new DownloadException($"{file.Address}: gave up after {Tries} tries: {problem}; {partial.Length} bytes are kept for the next run");
            await Task.Delay(wait ?? FirstPause * Math.Pow(2, Math.Max(0, fruitless - 1)), clock, cancellation).ConfigureAwait(false);
        }
    }

    // An empty problem means that the file is whole as far as the server says.
    private async Task<(string Problem, TimeSpan? Wait, long Received)> TryAsync(
        PublishedFile file, PartialFile partial, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        if (partial.Validator is { } validator && partial.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(partial.Length, null);
            request.Headers.IfRange = validator;
        }

        using HttpResponseMessage response = await SendAsync(request, cancellation).ConfigureAwait(false);
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                partial.Restart(response);
                break;
            case HttpStatusCode.PartialContent when request.Headers.Range is not null && range?.From == partial.Length && partial.IsOf(response):
                break;
            case HttpStatusCode.PartialContent:
                partial.Discard();
                return ("the server sent another part than the one asked for, or of another file", null, 0);
            case HttpStatusCode.RequestedRangeNotSatisfiable when range?.Length == partial.Length:
                return ("", null, 0); // nothing is missing: the last try ended between the last byte and the renaming
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.Discard();
                return ("the server no longer has what was downloaded before", null, 0);
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                TimeSpan? wait = response.Headers.RetryAfter?.Delta;
                return ($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", wait > Patience ? Patience : wait, 0);
            default:
                throw new DownloadException($"{file.Address}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        long? total = range?.Length ?? response.Content.Headers.ContentLength;
        if (file.Bytes is { } published && total is { } offered && offered != published)
        {
            partial.Discard();
            throw new DownloadException($"{file.Address}: the server offers {offered} bytes, the published file has {published}");
        }

        (string problem, long received) = await CopyAsync(response, partial, total ?? file.Bytes, progress, cancellation).ConfigureAwait(false);
        if (problem.Length > 0) return (problem, null, received);
        if ((total ?? file.Bytes) is not { } size || partial.Length == size) return ("", null, received);
        if (partial.Length < size) return ($"{partial.Length} of {size} bytes arrived", null, received);
        long excess = partial.Length;
        partial.Discard();
        throw new DownloadException($"{file.Address}: the server sent {excess} bytes, the published file has {size}");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {Patience.TotalSeconds:0} seconds", error);
        }
    }

    private async Task<(string Problem, long Received)> CopyAsync(
        HttpResponseMessage response, PartialFile partial, long? total, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[1 << 17];
        long received = 0;
        progress?.Report(new DownloadProgress(partial.Length, total));
        while (true)
        {
            int read;
            using var patience = new CancellationTokenSource(Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            try
            {
                read = await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return ($"the server sent nothing for {Patience.TotalSeconds:0} seconds", received);
            }
            catch (IOException error)
            {
                return (error.Message, received);
            }

            if (read == 0) return ("", received);
            await partial.AppendAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            received += read;
            progress?.Report(new DownloadProgress(partial.Length, total));
        }
    }

    private static async Task<DownloadReport> CheckAsync(string target, string? expected, CancellationToken cancellation)
    {
        await using FileStream stream = File.OpenRead(target);
        string digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        if (expected is not null && digest != expected)
            throw new InvalidInputException($"{target} is there already and is not the published file: its SHA-256 is {digest}, not {expected}; move it away");
        return new DownloadReport(target, stream.Length, digest, expected is not null, 0, 0);
    }

    private static string SidecarOf(string target) => target + ".sha256";

    private static string? Remembered(string target)
    {
        if (!File.Exists(SidecarOf(target))) return null;
        string digest = File.ReadAllText(SidecarOf(target)).Split(' ')[0].Trim();
        return digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower)
            ? digest
            : throw new InvalidInputException($"{SidecarOf(target)} holds no SHA-256; delete it or put it right");
    }
}
