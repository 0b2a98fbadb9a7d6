namespace Vigie.Mlflow.Client;

/// <summary>Files of this machine on their way to a store.</summary>
internal static class LocalFiles
{
    /// <summary>All files below a folder with their paths relative to it, names joined by <c>/</c>, in the order of these paths.</summary>
    /// <exception cref="MlflowException">There is no such folder, or a folder in it is a link, which could lead in a circle.</exception>
    public static IReadOnlyList<(string File, string Path)> Below(string folder)
    {
        if (!Directory.Exists(folder)) throw MlflowException.Invalid($"there is no folder {folder}");
        var files = new List<(string File, string Path)>();
        Add(new DirectoryInfo(folder), "");
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;

        void Add(DirectoryInfo from, string prefix)
        {
            foreach (FileSystemInfo entry in from.EnumerateFileSystemInfos())
            {
                if (entry is not DirectoryInfo inner) files.Add((entry.FullName, prefix + entry.Name));
                else if (inner.LinkTarget is not null) throw MlflowException.Invalid($"{inner.FullName} is a link to a folder; put the files there instead of the link");
                else Add(inner, $"{prefix}{entry.Name}/");
            }
        }
    }

    /// <summary>Opens a file for reading from front to back.</summary>
    public static FileStream OpenRead(string file) =>
        new(file, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });

    /// <summary>A path in a folder, or the path alone.</summary>
    public static string Join(string? folder, string path) => string.IsNullOrEmpty(folder) ? path : $"{folder.Trim('/')}/{path}";
}
