namespace Vigie.Server;

/// <summary>Where a model comes from, and which one that is at present: a folder, or an alias of a registry.</summary>
public interface IModelSource
{
    /// <summary>What people call it: <c>out/m</c>, <c>models:/sentiment@champion</c>.</summary>
    string Name { get; }

    /// <summary>Which model it is at present; another value after a promotion. Cheap: it is asked every second or two.</summary>
    /// <returns>Equal values mean the same model, whichever source gave them: a digest is in it.</returns>
    /// <exception cref="IOException">The source cannot be reached; what was loaded goes on serving.</exception>
    /// <exception cref="InvalidInputException">There is no such model.</exception>
    Task<string> IdentifyAsync(CancellationToken cancellation);

    /// <summary>Loads and verifies the model that <see cref="IdentifyAsync"/> told of.</summary>
    /// <exception cref="IOException">The source cannot be reached.</exception>
    /// <exception cref="InvalidInputException">There is no such model, or it is damaged.</exception>
    Task<ServedModel> LoadAsync(string identity, CancellationToken cancellation);
}
