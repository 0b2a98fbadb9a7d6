using System.Security.Cryptography;
using Vigie.Dashboard.Reading;

namespace Vigie.Dashboard.Data;

/// <summary>
/// The file of a data set that a run read, where it is still on this machine. Whoever logs a run writes what they like into its record, so a path in it is no leave to read a file: nothing of it is
/// looked at unless its SHA-256 is the recorded one, which only somebody knows who has the file already.
/// </summary>
internal static class DatasetFile
{
    /// <summary>Why the file cannot be read here; null where that can be tried.</summary>
    public static string? Hindrance(DatasetFacts facts, Viewer viewer)
    {
        if (facts.LocalPath is not { } path)
            return viewer.T("The run did not record where the file lies on this machine. Hand the file over to look into it.", "L’exécution n’a pas noté où se trouve le fichier sur cette machine. Déposez-le pour l’examiner.");
        if (facts.Sha256 is null)
            return viewer.T("The run recorded a digest that is no SHA-256, so a file cannot be recognised as the one that it read. Hand the file over to look into it.", "L’empreinte notée par l’exécution n’est pas un SHA-256 : on ne peut reconnaître le fichier qu’elle a lu. Déposez-le pour l’examiner.");
        return IsPlain(path) ? null : viewer.T($"There is no file any more at {path}. Hand it over to look into it.", $"Il n’y a plus de fichier à {path}. Déposez-le pour l’examiner.");
    }

    /// <summary>Reads the file, if it is the one that was recorded.</summary>
    /// <param name="facts">The record.</param>
    /// <param name="work">Told how far it is.</param>
    /// <param name="stage">What to call the comparison of the digest.</param>
    /// <param name="read">Reads.</param>
    /// <param name="digestOf">The digest of what was read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidInputException">It is another, or cannot be read.</exception>
    public static T Read<T>(DatasetFacts facts, LongWork work, string stage, Func<string, T> read, Func<T, string> digestOf, CancellationToken cancellation)
    {
        if (facts is not { LocalPath: { } path, Sha256: { } recorded } || !IsPlain(path)) throw new InvalidInputException($"{facts.Name}: there is no file of it on this machine that could be recognised");
        work.Begin(stage);
        if (!IsOf(HashOf(path, work, cancellation), recorded)) throw Other(facts, path);
        T result = read(path);
        return IsOf(digestOf(result), recorded) ? result : throw Other(facts, path);
    }

    private static InvalidInputException Other(DatasetFacts facts, string path) => new($"{path}: has changed since the run read it as {facts.Name}; its SHA-256 is no longer {facts.Sha256}. Hand over the file of then, or train on the one of now");

    private static bool IsOf(string digest, string recorded) => digest.StartsWith(recorded, StringComparison.OrdinalIgnoreCase);

    // A pipe or a device has no length, and would be waited for without end.
    private static bool IsPlain(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    private static string HashOf(string path, LongWork work, CancellationToken cancellation)
    {
        using FileStream file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        for (int read; (read = file.Read(buffer)) > 0; work.At(file.Position, file.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
