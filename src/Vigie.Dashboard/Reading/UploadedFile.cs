using Microsoft.AspNetCore.Components.Forms;

namespace Vigie.Dashboard.Reading;

/// <summary>A file that a reader hands over, while it is looked at: in a folder that nobody else may read, deleted with this.</summary>
public sealed class UploadedFile : IDisposable
{
    /// <summary>Largest file that is taken, in bytes.</summary>
    public const long Most = 64L << 20;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-upload-");

    private UploadedFile(string name) => Name = name;

    /// <summary>What the reader calls it.</summary>
    public string Name { get; }

    /// <summary>Where it is meanwhile.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "upload");

    /// <summary>Receives a file.</summary>
    /// <param name="file">What the reader chose.</param>
    /// <param name="work">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidInputException">It is empty or too large.</exception>
    public static async Task<UploadedFile> ReceiveAsync(IBrowserFile file, LongWork work, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(work);
        if (file.Size is 0 or > Most) throw new InvalidInputException($"{file.Name} has {file.Size} bytes; files of 1 byte to {Most >> 20} MiB are taken here, packed as .gz, .zip or .zst if need be");
        var received = new UploadedFile(file.Name);
        try
        {
            await using Stream from = file.OpenReadStream(Most, cancellation);
            await using FileStream to = File.Create(received.Path);
            var buffer = new byte[1 << 16];
            for (int read; (read = await from.ReadAsync(buffer, cancellation)) > 0; work.At(to.Length, file.Size)) await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    /// <summary>Does something with the file; what is wrong with it is said of the name that the reader knows.</summary>
    public T Read<T>(Func<string, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read(Path);
        }
        catch (InvalidInputException fault) when (fault.Message.Contains(Path, StringComparison.Ordinal))
        {
            throw new InvalidInputException(fault.Message.Replace(Path, Name, StringComparison.Ordinal), fault);
        }
    }

    /// <summary>Deletes it.</summary>
    public void Dispose() => folder.Delete(recursive: true);
}
