namespace Vigie.Bundles;

/// <summary>The files that really stand in a bundle's folder.</summary>
internal static class BundleListing
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, RecurseSubdirectories = false };

    /// <summary>Says which tracked run trained the bundle. It lies in the folder and is no part of the bundle: another run gives the same bundle.</summary>
    public const string RunFile = "mlflow_id.json";

    /// <summary>Says who vouches for the bundle: written where a registry signs it, and no part of the bundle either.</summary>
    public const string SignatureFile = "manifest.signed.json";

    /// <summary>Every file, relative to the folder, with forward slashes, in no particular order; <see cref="RunFile"/> and <see cref="SignatureFile"/> left out.</summary>
    /// <exception cref="BundleException">There is a link, or a folder other than <c>plots</c>.</exception>
    public static List<string> Of(string folder)
    {
        var files = new List<string>();
        Add(folder, "", files);
        return files;
    }

    private static void Add(string folder, string prefix, List<string> files)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
        {
            string path = prefix + entry.Name;
            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint)) throw new BundleException($"{folder}: {path} is a link; a bundle holds plain files only");
            if (!entry.Attributes.HasFlag(FileAttributes.Directory))
            {
                if (path is not (RunFile or SignatureFile)) files.Add(path);
            }
            else if (path is ManifestFile.Plots or ManifestFile.Members || prefix == ManifestFile.Members + "/") Add(entry.FullName, path + "/", files);
            else throw new BundleException($"{folder}: {path} is a folder that no bundle has");
        }
    }
}
