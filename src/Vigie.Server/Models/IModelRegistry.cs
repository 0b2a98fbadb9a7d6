using Vigie.Mlflow;

namespace Vigie.Server;

/// <summary>Registered models, as far as loading one needs them. Both methods throw <see cref="MlflowException"/> where there is no such model, or the registry cannot be reached.</summary>
public interface IModelRegistry : IAsyncDisposable
{
    /// <summary>Where it is, for people; never with a password.</summary>
    string Address { get; }

    /// <summary>The version that an address names.</summary>
    Task<ModelVersion> FindAsync(ModelAddress address, CancellationToken cancellation);

    /// <summary>A folder with the files of a version.</summary>
    /// <exception cref="InvalidInputException">The files are where this program does not look for them.</exception>
    Task<string> FolderOfAsync(ModelVersion version, CancellationToken cancellation);
}
