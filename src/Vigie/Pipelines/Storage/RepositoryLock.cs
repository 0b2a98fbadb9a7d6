using System.Globalization;

namespace Vigie.Pipelines;

/// <summary>
/// Who may change a repository: one process at a time, by the file lock that DVC takes too (<c>.dvc/tmp/lock</c>, <c>flock</c>), so that the two programs wait for each other.
/// </summary>
public sealed class RepositoryLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;

    private RepositoryLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, waiting up to <paramref name="patience"/>.</summary>
    /// <param name="config">The repository.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="waiting">Told once who holds it.</param>
    /// <param name="clock">Measures the wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="PipelineException">Somebody else has it; the message says which process.</exception>
    public static async Task<RepositoryLock> TakeAsync(PipelineConfig config, TimeSpan patience, Action<string>? waiting, TimeProvider clock, CancellationToken cancellation)
    {
        Directory.CreateDirectory(config.TemporaryFolder);
        string path = Path.Combine(config.TemporaryFolder, "lock");
        long start = clock.GetTimestamp();
        for (bool isFirst = true; ; isFirst = false)
        {
            if (TryOpen(path) is { } file) return new RepositoryLock(file);
            string holder = Holder(path);
            if (clock.GetElapsedTime(start) >= patience) throw new PipelineException($"{holder} works on {config.Root}; try again when it has ended. A lock of a process that is gone frees itself");
            if (isFirst) waiting?.Invoke(holder);
            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            // Without sharing, .NET takes an exclusive flock on Unix; the content is what DVC writes there.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {Environment.ProcessId}\n")));
            file.Flush();
            return file;
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string Holder(string path)
    {
        // Without asking for the lock, as .NET's own files would.
        Span<byte> bytes = stackalloc byte[64];
        int length = PosixFile.IsSupported ? PosixFile.Read(path, bytes) : -1;
        return length > 0 && int.TryParse(System.Text.Encoding.ASCII.GetString(bytes[..length]).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? $"process {process}" : "another process";
    }
}
