using Vigie.Bundles;

namespace Vigie.Server;

/// <summary>A bundle's folder. A bundle that is saved over it (<c>vigie train --output</c>) is another model.</summary>
/// <param name="folder">The folder.</param>
public sealed class FolderSource(string folder) : IModelSource
{
    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public Task<string> IdentifyAsync(CancellationToken cancellation) => Task.FromResult(Read(() => Bundle.DigestOf(folder)));

    /// <inheritdoc/>
    public async Task<ServedModel> LoadAsync(string identity, CancellationToken cancellation)
    {
        Bundle bundle = await Task.Run(() => Read(() => Bundle.Load(folder, cancellation)), cancellation); // seconds of work, off the caller's thread
        return bundle.Digest == identity ? ServedModel.Of(bundle) : throw new IOException($"{folder}: another bundle was saved here while this one was loaded");
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new InvalidInputException($"{folder}: this program may not read it: {refused.Message}", refused);
        }
        catch (PlatformNotSupportedException missing)
        {
            throw new InvalidInputException($"{folder}: {missing.Message}", missing);
        }
    }
}
