using Vigie.Mlflow;

namespace Vigie.Server;

/// <summary>Registered models, as far as loading one needs them. Both methods throw <see cref="MlflowException"/> where there is no such model, or the registry cannot be reached.</summary>
public interface IModelRegistry : IAsyncDisposable
{
    /// <summary>Where it is, for people; never with a password.</summary>
    string Address { get; }

    /// <summary>The version that an address names.</summary>
    Task<ModelVersion> FindAsync(ModelAddress address, CancellationToken cancellation);

    /// <summary>A folder with the files of a version, which are those that were signed and registered.</summary>
    /// <param name="version">The version.</param>
    /// <param name="keys">Whose signature is believed.</param>
    /// <param name="cancellation">Ends the fetching and the reading.</param>
    /// <exception cref="InvalidInputException">They are others, or where this program does not look for them.</exception>
    Task<string> FolderOfAsync(ModelVersion version, TrustedKeys keys, CancellationToken cancellation);
}
