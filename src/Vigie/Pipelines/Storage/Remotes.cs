namespace Vigie.Pipelines;

/// <summary>A place that holds contents by name: <c>files/md5/xx/…</c> and <c>runs/…</c> below its address.</summary>
public interface IRemote
{
    /// <summary>Whether things can be written there.</summary>
    bool IsWritable { get; }

    /// <summary>Which of these relative paths are there.</summary>
    /// <exception cref="IOException">The place cannot be reached, or refuses.</exception>
    Task<IReadOnlySet<string>> PresentAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation);

    /// <summary>All relative paths below a folder.</summary>
    /// <exception cref="PipelineException">The place cannot be listed (HTTP).</exception>
    IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellation);

    /// <summary>Fetches a file, going on where a partial local one ends.</summary>
    /// <returns>Whether it is there.</returns>
    Task<bool> DownloadAsync(string path, string localFile, CancellationToken cancellation);

    /// <summary>Sends a file; under its name only when it is whole.</summary>
    Task UploadAsync(string localFile, string path, CancellationToken cancellation);

    /// <summary>Removes a file.</summary>
    Task DeleteAsync(string path, CancellationToken cancellation);
}

/// <summary>Opens remotes by the kind of their address.</summary>
internal static class RemoteAddress
{
    public static IRemote Open(RemoteConfig settings)
    {
        if (!settings.Url.Contains("://", StringComparison.Ordinal)) return new FolderRemote(settings.Url);
        return new Uri(settings.Url).Scheme switch
        {
            "file" => new FolderRemote(new Uri(settings.Url).LocalPath),
            "s3" => new S3Remote(S3RemoteSettings.Read(settings, Environment.GetEnvironmentVariable)),
            "http" or "https" => new HttpRemote(new Uri(settings.Url.TrimEnd('/') + "/"), settings.Settings),
            string scheme => throw new PipelineException($"remote {settings.Name}: {scheme}:// is not known; a folder, s3://, http:// and https:// are"),
        };
    }
}

/// <summary>A remote in a folder: a disk, or what is mounted.</summary>
internal sealed class FolderRemote(string root) : IRemote
{
    private const int BufferBytes = 1 << 20;

    public bool IsWritable => true;

    public Task<IReadOnlySet<string>> PresentAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<string>>(paths.Where(path => File.Exists(FileOf(path))).ToHashSet());

    public async IAsyncEnumerable<string> ListAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        string place = FileOf(folder);
        if (!Directory.Exists(place)) yield break;
        foreach (string file in Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Path.GetFileName(file).StartsWith('.')) yield return $"{folder}/{Path.GetRelativePath(place, file).Replace('\\', '/')}";
        }
    }

    public async Task<bool> DownloadAsync(string path, string localFile, CancellationToken cancellation)
    {
        if (!File.Exists(FileOf(path))) return false;
        await CopyAsync(FileOf(path), localFile, cancellation).ConfigureAwait(false);
        return true;
    }

    public async Task UploadAsync(string localFile, string path, CancellationToken cancellation)
    {
        string file = FileOf(path), temporary = AtomicFile.Temporary(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            await CopyAsync(localFile, temporary, cancellation).ConfigureAwait(false);
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Task DeleteAsync(string path, CancellationToken cancellation)
    {
        File.Delete(FileOf(path));
        return Task.CompletedTask;
    }

    private string FileOf(string path) => Path.Combine(root, path);

    private static async Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        await using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true), target = new(to, FileMode.Create, FileAccess.Write, FileShare.None, 0, useAsync: true);
        await source.CopyToAsync(target, BufferBytes, cancellation).ConfigureAwait(false);
        target.Flush(flushToDisk: true);
    }
}
