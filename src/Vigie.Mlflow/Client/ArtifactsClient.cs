using System.Security.Cryptography;

using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>
/// Files of runs and models behind a server, streamed both ways. A root is the <c>artifact_uri</c> of a run or logged model; paths are below it, names
/// joined by <c>/</c>. What the server keeps elsewhere than behind itself (<c>mlflow-artifacts:</c>) can be read by its run's id only.
/// </summary>
public sealed class ArtifactsClient
{
    private const string Proxy = "api/2.0/mlflow-artifacts/artifacts";

    private readonly MlflowHttp http;

    internal ArtifactsClient(MlflowHttp http) => this.http = http;

    /// <summary>The files and folders directly in a folder; their paths are below the root.</summary>
    public async Task<IReadOnlyList<ArtifactFile>> ListAsync(string root, string? folder = null, CancellationToken cancellation = default)
    {
        string path = PathOf(root, folder);
        ArtifactsAnswer answer = await http.GetAsync($"{Proxy}?path={Uri.EscapeDataString(path)}", MlflowJson.Of<ArtifactsAnswer>(), cancellation);
        // The server names them from the folder asked for.
        return [.. (answer.Files ?? []).Select(file => file with { Path = LocalFiles.Join(folder, file.Path) })];
    }

    /// <summary>The files and folders directly in a folder of a run, wherever the server keeps them.</summary>
    public async Task<IReadOnlyList<ArtifactFile>> ListOfRunAsync(string runId, string? folder = null, CancellationToken cancellation = default)
    {
        var files = new List<ArtifactFile>();
        string? token = null;
        do
        {
            ArtifactsAnswer answer = await http.GetAsync<ArtifactsAnswer>("artifacts/list", cancellation, ("run_id", runId), ("path", folder), ("page_token", token));
            files.AddRange(answer.Files ?? []);
            token = string.IsNullOrEmpty(answer.NextPageToken) ? null : answer.NextPageToken;
        }
        while (token is not null);
        return files;
    }

    /// <summary>Opens a file for reading; the caller disposes it. It fails with <see cref="TimeoutException"/> where it stands still.</summary>
    public Task<Stream> OpenAsync(string root, string path, CancellationToken cancellation = default) => OpenAsync(AddressOf(root, path), cancellation);

    /// <summary>Opens a file of a run, wherever the server keeps it.</summary>
    public Task<Stream> OpenOfRunAsync(string runId, string path, CancellationToken cancellation = default) =>
        OpenAsync($"get-artifact?run_uuid={Uri.EscapeDataString(runId)}&path={Uri.EscapeDataString(path)}", cancellation);

    /// <summary>Fetches a file: the local one is there whole or not at all.</summary>
    public async Task DownloadAsync(string root, string path, string localFile, CancellationToken cancellation = default)
    {
        string target = Path.GetFullPath(localFile);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string partial = $"{target}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.partial";
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                try
                {
                    await using Stream content = await OpenAsync(root, path, cancellation);
                    await using var file = new FileStream(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0 });
                    await content.CopyToAsync(file, 128 * 1024, cancellation);
                    break;
                }
                catch (Exception failure) when (failure is HttpIOException or TimeoutException or HttpRequestException)
                {
                    if (attempt >= http.Options.Retries)
                        throw new MlflowException(ErrorCode.TemporarilyUnavailable, $"'{path}' broke off {attempt + 1} times: {failure.Message}", failure);
                    await Task.Delay(http.Options.RetryDelay * (1 << Math.Min(attempt, 6)), http.Options.Clock, cancellation);
                }
            }

            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Fetches all files below a folder of a root, the root itself where it is null, into a local folder.</summary>
    /// <exception cref="MlflowException">The server names a file that would lie outside the local folder.</exception>
    public async Task DownloadFolderAsync(string root, string? folder, string localFolder, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(localFolder);
        foreach (ArtifactFile entry in await ListAsync(root, folder, cancellation))
        {
            // A server may be hostile: its names are checked like those of a request.
            string name = ArtifactPath.Parse(entry.Path[(entry.Path.LastIndexOf('/') + 1)..]).Value;
            if (name.Length == 0) throw MlflowException.Invalid($"the server lists a file without a name in '{folder}'");
            string local = Path.Combine(localFolder, name);
            if (entry.IsDir) await DownloadFolderAsync(root, LocalFiles.Join(folder, name), local, cancellation);
            else await DownloadAsync(root, LocalFiles.Join(folder, name), local, cancellation);
        }
    }

    /// <summary>Stores content as a file. A stream that can seek is sent again where an attempt fails.</summary>
    public async Task WriteAsync(string root, string path, Stream content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        string address = AddressOf(root, path);
        long start = content.CanSeek ? content.Position : 0;
        bool first = true;
        using HttpResponseMessage _ = await http.SendAsync(
            () =>
            {
                if (!first && !content.CanSeek) throw new MlflowException(ErrorCode.TemporarilyUnavailable, $"sending '{path}' failed, and its content cannot be read a second time; give a stream that can seek");
                if (!first) content.Position = start;
                first = false;
                return new HttpRequestMessage(HttpMethod.Put, address) { Content = new UploadContent(content) };
            },
            Repeat.Always, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    /// <summary>Stores a local file.</summary>
    public async Task UploadAsync(string root, string path, string localFile, CancellationToken cancellation = default)
    {
        await using FileStream content = LocalFiles.OpenRead(localFile);
        await WriteAsync(root, path, content, cancellation);
    }

    /// <summary>Stores all files below a local folder.</summary>
    public async Task UploadFolderAsync(string root, string? folder, string localFolder, CancellationToken cancellation = default)
    {
        foreach ((string file, string path) in LocalFiles.Below(localFolder)) await UploadAsync(root, LocalFiles.Join(folder, path), file, cancellation);
    }

    /// <summary>Removes a file, or a folder with all below it.</summary>
    public async Task DeleteAsync(string root, string path, CancellationToken cancellation = default)
    {
        string address = AddressOf(root, path);
        using HttpResponseMessage _ = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, address), Repeat.Always, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    private async Task<Stream> OpenAsync(string address, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address), Repeat.Always, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return new DownloadStream(answer, await answer.Content.ReadAsStreamAsync(cancellation), http.Options);
    }

    private static string PathOf(string root, string? path)
    {
        string below = ArtifactAddress.PathOf(root);
        return string.IsNullOrEmpty(path) ? below : LocalFiles.Join(below, ArtifactPath.Parse(path).Value);
    }

    private static string AddressOf(string root, string path) =>
        ArtifactPath.Parse(path).Value.Length > 0 ? $"{Proxy}/{ArtifactAddress.Encode(PathOf(root, path))}" : throw MlflowException.Invalid("the path of a file is empty");
}
