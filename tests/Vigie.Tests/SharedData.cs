namespace Vigie.Tests;

/// <summary>
/// Reference answers and real tweets that stand beside the project in <c>../shared</c> (or where VIGIE_SHARED points), and are not part of it.
/// A test that needs them is skipped, saying so, where they are absent.
/// </summary>
internal static class SharedData
{
    public static string Path(string relative)
    {
        string path = Find(relative);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"needs {path}; set VIGIE_SHARED to the folder that holds {relative}");
        return path;
    }

    /// <summary>Where the file would be, whether or not it is there.</summary>
    public static string Find(string relative) => System.IO.Path.Combine(Root, relative);

    private static string Root => Environment.GetEnvironmentVariable("VIGIE_SHARED") ?? System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository, "..", "shared"));

    /// <summary>The checkout that the test assembly was built from.</summary>
    public static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Vigie.slnx"))) folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException($"no Vigie.slnx above {AppContext.BaseDirectory}");
        }
    }
}
