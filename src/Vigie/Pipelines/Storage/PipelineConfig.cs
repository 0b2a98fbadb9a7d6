namespace Vigie.Pipelines;

/// <summary>Settings of a repository: <c>.dvc/config</c>, <c>.dvc/config.local</c> over it, and where things are.</summary>
public sealed record PipelineConfig
{
    private const string Folder = ".dvc", Main = "config", Local = "config.local";

    private static readonly string[] KnownLinks = ["reflink", "hardlink", "symlink", "copy"];

    /// <summary>The folder that holds .dvc.</summary>
    public required string Root { get; init; }

    /// <summary>Whether there is a git repository around it.</summary>
    public required bool HasGit { get; init; }

    /// <summary>The folder of cache and run cache: <c>.dvc/cache</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>How workspace and cache share a file, tried in order: reflink, hardlink, symlink, copy.</summary>
    public required IReadOnlyList<string> LinkTypes { get; init; }

    /// <summary>Remotes by name.</summary>
    public required IReadOnlyDictionary<string, RemoteConfig> Remotes { get; init; }

    /// <summary>The remote that is meant where none is named; null for none.</summary>
    public string? DefaultRemote { get; init; }

    /// <summary>Whether what is written for git (dvc.lock, .dvc, .gitignore) is also staged there.</summary>
    public bool AutoStage { get; init; }

    /// <summary>The folder for what one machine alone needs: locks, hashes.</summary>
    public string TemporaryFolder => Path.Combine(Root, Folder, "tmp");

    /// <summary>The file of settings that everybody has.</summary>
    public string MainFile => Path.Combine(Root, Folder, Main);

    /// <summary>The file of settings that stay on this machine: secrets belong here.</summary>
    public string LocalFile => Path.Combine(Root, Folder, Local);

    /// <summary>The repository around a folder.</summary>
    /// <exception cref="PipelineException">There is none, or its configuration cannot be used.</exception>
    public static PipelineConfig Find(string workingFolder)
    {
        for (string? folder = Path.GetFullPath(workingFolder); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, Folder))) return Read(folder);
        }
        throw new PipelineException($"{workingFolder} is in no pipeline repository: there is no {Folder} folder here or above; vigie init makes one");
    }

    /// <summary>Makes a folder a repository, as <c>dvc init</c> does.</summary>
    /// <param name="folder">The root of a git repository, unless there is to be none.</param>
    /// <param name="withoutGit">Whether to do without git.</param>
    /// <exception cref="PipelineException">It is one already, or has no git.</exception>
    public static PipelineConfig Create(string folder, bool withoutGit)
    {
        string root = Path.GetFullPath(folder), settings = Path.Combine(root, Folder);
        if (File.Exists(Path.Combine(settings, Main))) throw new PipelineException($"{root} is a pipeline repository already: {settings} is there");
        if (!withoutGit && !IsGit(root)) throw new PipelineException($"{root} is not the root of a git repository: run git init first, go to its root, or say --no-scm to do without git");
        Directory.CreateDirectory(Path.Combine(settings, "tmp"));
        AtomicFile.Write(Path.Combine(settings, ".gitignore"), "/config.local\n/tmp\n/cache\n");
        string ignore = Path.Combine(root, ".dvcignore");
        if (!File.Exists(ignore)) AtomicFile.Write(ignore, "# Files that the pipeline is not to see, as in .gitignore.\n");
        AtomicFile.Write(Path.Combine(settings, Main), withoutGit ? "[core]\n    no_scm = True\n" : "");
        return Read(root);
    }

    private static PipelineConfig Read(string root)
    {
        string folder = Path.Combine(root, Folder);
        var settings = new ConfigFile(Path.Combine(folder, Main));
        var local = new ConfigFile(Path.Combine(folder, Local));
        string? Setting(string section, string name) => local[section, name] ?? settings[section, name];
        string Place(string section, string name, string standard) => Path.GetFullPath(Path.Combine(folder, Setting(section, name) ?? standard));

        string[] links = Setting("cache", "type")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? ["reflink", "copy"];
        if (links.FirstOrDefault(link => !KnownLinks.Contains(link)) is { } unknown) throw new PipelineException($"{settings.Path}: cache.type {unknown} is not known; {string.Join(", ", KnownLinks)} are");
        var remotes = new Dictionary<string, RemoteConfig>();
        foreach (string name in settings.Remotes().Concat(local.Remotes()).Distinct())
        {
            string section = ConfigFile.RemoteSection(name);
            Dictionary<string, string> all = new(settings.Section(section));
            foreach ((string key, string value) in local.Section(section)) all[key] = value;
            string url = all.GetValueOrDefault("url") ?? throw new PipelineException($"{settings.Path}: remote {name} has no url");
            remotes[name] = new RemoteConfig(name, url.Contains("://", StringComparison.Ordinal) ? url : Path.GetFullPath(Path.Combine(folder, url)), all);
        }
        string? standard = Setting("core", "remote");
        if (standard is not null && !remotes.ContainsKey(standard)) throw new PipelineException($"{settings.Path}: core.remote names '{standard}', which is no remote; there {(remotes.Count == 0 ? "are none" : $"are {string.Join(", ", remotes.Keys)}")}");
        return new PipelineConfig
        {
            Root = root,
            HasGit = !IsTrue(Setting("core", "no_scm")) && GitAbove(root),
            CacheFolder = Place("cache", "dir", "cache"),
            LinkTypes = links,
            Remotes = remotes,
            DefaultRemote = standard,
            AutoStage = IsTrue(Setting("core", "autostage")),
        };
    }

    private static bool IsTrue(string? value) => value?.ToLowerInvariant() is "true" or "yes" or "on" or "1";

    private static bool IsGit(string folder) => Path.Exists(Path.Combine(folder, ".git"));

    private static bool GitAbove(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (IsGit(folder)) return true;
        }
        return false;
    }
}

/// <summary>A place that contents are sent to.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Url">A folder, s3://, http(s)://, ssh://.</param>
/// <param name="Settings">All settings of it by name. Secrets are among them: never printed.</param>
public sealed record RemoteConfig(string Name, string Url, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}
