namespace Vigie.Bundles;

/// <summary>A folder is no bundle, or no longer the bundle that was saved. The message names the folder, the file and what is wrong with it.</summary>
public sealed class BundleException : InvalidInputException
{
    /// <summary>Creates the exception.</summary>
    public BundleException(string message) : base(message) { }

    /// <summary>Creates the exception with the failure that caused it.</summary>
    public BundleException(string message, Exception inner) : base(message, inner) { }
}
