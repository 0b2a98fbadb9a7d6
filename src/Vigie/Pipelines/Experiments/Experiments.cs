using System.Globalization;

namespace Vigie.Pipelines;

/// <summary>A run of the pipeline that was kept: a commit beside the history, which no branch names.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Reference"><c>refs/exps/aa/rest/NAME</c>, where aa and rest are the commit that it began from: DVC's form.</param>
/// <param name="Commit">Its files.</param>
/// <param name="Baseline">The commit that it began from.</param>
/// <param name="Created">When it was kept.</param>
public sealed record Experiment(string Name, string Reference, string Commit, string Baseline, DateTimeOffset Created)
{
    internal const string Prefix = "refs/exps/";

    private static readonly System.Buffers.SearchValues<char> HashDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>The experiments of a repository, the newest first.</summary>
    /// <param name="git">The repository.</param>
    /// <param name="baseline">The commit that they began from; null for any.</param>
    internal static IReadOnlyList<Experiment> In(GitRepository git, string? baseline)
    {
        var found = new List<Experiment>();
        foreach (string line in git.Run("for-each-ref", "--sort=refname", "--sort=-committerdate", "--format=%(refname) %(objectname) %(committerdate:unix)", Prefix.TrimEnd('/')).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' '), names = parts[0][Prefix.Length..].Split('/', 3);
            if (names is not [{ Length: 2 } first, { Length: 38 } rest, { } name] || (first + rest).AsSpan().ContainsAnyExcept(HashDigits)) continue; // DVC keeps other things there, too
            if (baseline is null || baseline == first + rest) found.Add(new Experiment(name, parts[0], parts[1], first + rest, DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture))));
        }
        return found;
    }
}

/// <summary>A change of a parameter for one run.</summary>
/// <param name="File">The parameter file, as written.</param>
/// <param name="Key">Dotted key, which has to be there; <c>+key</c> adds one, <c>~key</c> removes.</param>
/// <param name="Value">The new value.</param>
public sealed record ParameterChange(string File, string Key, DataValue Value)
{
    private const string Standard = "params.yaml";

    /// <summary>From <c>key=value</c> or <c>file:key=value</c>; the value is YAML.</summary>
    /// <exception cref="PipelineException">It is neither.</exception>
    public static ParameterChange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal), colon = text.IndexOf(':', StringComparison.Ordinal);
        bool isRemoval = text.StartsWith('~') || text.Contains(":~", StringComparison.Ordinal);
        if (equals <= 0 && !isRemoval) throw new PipelineException($"'{text}': expected KEY=VALUE, such as train.lr=0.1 or other.yaml:train.lr=0.1");
        string left = equals > 0 ? text[..equals] : text;
        (string file, string key) = colon > 0 && colon < left.Length ? (left[..colon], left[(colon + 1)..]) : (Standard, left);
        if (key.Length == 0) throw new PipelineException($"'{text}' names no key");
        return new ParameterChange(file, key, equals > 0 ? YamlScalars.ValueOf("the value", YamlNode.Parse("the value", text[(equals + 1)..])) : DataNothing.Instance);
    }
}

/// <summary>Keeps runs of the pipeline with other parameters as refs of git, in DVC's form.</summary>
public sealed class ExperimentBook(PipelineWorkspace workspace)
{
    private const int NameDigits = 7;

    private readonly GitRepository git = workspace.Config.HasGit ? new GitRepository(workspace.Config.Root) : throw new PipelineException("experiments are kept in git, and there is none here");

    /// <summary>The commit that experiments of the workspace begin from.</summary>
    public string Baseline => git.TryResolve("HEAD") ?? throw new PipelineException("experiments begin from a commit, and there is none yet: git commit first");

    /// <summary>Untracked files that stages read: <see cref="Save"/> found them, and left them out. Full paths.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>The experiments of a commit, or of all; the newest first.</summary>
    public IReadOnlyList<Experiment> All(string? baseline) => Experiment.In(git, baseline);

    /// <summary>The experiment of a name: of this commit first, else of any.</summary>
    /// <exception cref="PipelineException">There is none, or several elsewhere.</exception>
    public Experiment Find(string name)
    {
        if (All(Baseline).FirstOrDefault(one => one.Name == name) is { } own) return own;
        Experiment[] others = [.. All(null).Where(one => one.Name == name)];
        if (others.Length == 1) return others[0];
        if (others.Length > 1) throw new PipelineException($"several commits have an experiment '{name}': {string.Join(", ", others.Select(one => one.Baseline[..7]))}; check one of them out first");
        string advice = Spelling.Nearest(name, All(null).Select(one => one.Name)) is { } near ? $"; did you mean '{near}'?" : "; vigie exp show lists them";
        throw new PipelineException($"there is no experiment '{name}'{advice}");
    }

    /// <summary>Changes parameter files of the workspace.</summary>
    /// <exception cref="PipelineException">A file is not there or has no place for a key; nothing was changed then.</exception>
    public void Change(IReadOnlyList<ParameterChange> changes)
    {
        var texts = new Dictionary<string, string>();
        foreach (ParameterChange change in changes)
        {
            string path = Path.GetFullPath(Path.Combine(workspace.Config.Root, change.File));
            if (!texts.TryGetValue(path, out string? text)) text = workspace.Texts.Read(path) ?? throw new PipelineException($"{change.File} is not there, so {change.Key} cannot be set in it");
            if (change.Key[0] is not ('+' or '~')) RefuseUnknown(change, DataFile.Parse(path, text));
            texts[path] = DataFile.Change(path, text, [new(change.Key, change.Value)]);
        }
        foreach ((string path, string text) in texts) AtomicFile.Write(path, text, isDurable: true);
    }

    /// <summary>Looks, before a run that may take long, whether it could be kept.</summary>
    /// <param name="name">What it is to be called; null for a name by its content.</param>
    /// <param name="force">Whether it may take the place of one of that name.</param>
    /// <exception cref="PipelineException">There is no commit, git does not know who commits, or the name cannot be had.</exception>
    public void CheckReady(string? name, bool force)
    {
        string baseline = Baseline;
        git.Run("var", "GIT_COMMITTER_IDENT");
        if (name is null) return;
        if (name.Length == 0 || name.StartsWith('-') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name.Contains("..", StringComparison.Ordinal) || name.EndsWith('.') || name.StartsWith('.') || name.EndsWith(".lock", StringComparison.Ordinal)) throw new PipelineException($"'{name}' is no name for an experiment: letters, digits, -, _ and . are");
        if (!force && All(baseline).Any(one => one.Name == name)) throw Taken(name);
    }

    /// <summary>Keeps the workspace as it is: all files that git follows, and those of the pipeline that are not its data.</summary>
    /// <param name="name">What to call it; null for a name by its content, so that the same run has the same name.</param>
    /// <param name="force">Whether it may take the place of one of that name.</param>
    public Experiment Save(string? name, bool force)
    {
        string baseline = Baseline;
        (string tree, IReadOnlyList<string> untracked) = new WorkspaceSnapshot(workspace, git).Write(OwnFiles());
        HashSet<string> read = [.. workspace.Pipeline.Stages.SelectMany(stage => stage.Dependencies).Select(path => path.FullPath)];
        LeftOut = [.. untracked.Where(path => WorkspaceSnapshot.IsWithin(path, read))];
        name ??= $"exp-{tree[..NameDigits]}";
        Experiment? other = All(baseline).FirstOrDefault(one => one.Name == name);
        if (other is not null && git.Run("rev-parse", other.Commit + "^{tree}").Trim() == tree) return other;
        if (other is not null && !force) throw Taken(name);
        DateTimeOffset now = workspace.Clock.GetUtcNow();
        string time = string.Create(CultureInfo.InvariantCulture, $"@{now.ToUnixTimeSeconds()} +0000"), reference = $"{Experiment.Prefix}{baseline[..2]}/{baseline[2..]}/{name}";
        string commit = git.Run(new Dictionary<string, string> { ["GIT_AUTHOR_DATE"] = time, ["GIT_COMMITTER_DATE"] = time }, null, "commit-tree", tree, "-p", baseline, "-m", $"experiment {name}").Trim();
        git.Run("update-ref", reference, commit, other?.Commit ?? "");
        return new Experiment(name, reference, commit, baseline, DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()));
    }

    /// <summary>Makes the files of git those of an experiment, on the branch that is checked out; data follow by a checkout.</summary>
    /// <exception cref="PipelineException">Changes that nothing keeps would be lost, and <paramref name="force"/> is not given.</exception>
    public void Apply(Experiment experiment, bool force)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (!force) RefuseLoss(experiment);
        git.Run("restore", $"--source={experiment.Commit}", "--worktree", "--", ":/");
    }

    /// <summary>Forgets an experiment; what it made stays in the cache until <c>gc</c>.</summary>
    public void Remove(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        git.Run("update-ref", "-d", experiment.Reference, experiment.Commit);
    }

    private HashSet<string> OwnFiles() =>
    [
        .. workspace.Pipeline.Files.SelectMany(file => new[] { file.Path, Path.Combine(Path.GetDirectoryName(file.Path)!, "dvc.lock") }),
        .. workspace.Pipeline.Stages.Where(stage => stage.IsData).Select(stage => stage.File),
        .. workspace.Pipeline.Stages.SelectMany(stage => stage.Parameters).Select(file => file.FullPath),
        .. workspace.Pipeline.Stages.SelectMany(stage => stage.Outputs).Select(output => output.Cache ? Path.Combine(Path.GetDirectoryName(output.FullPath)!, ".gitignore") : output.FullPath),
    ];

    private static void RefuseUnknown(ParameterChange change, DataValue content)
    {
        if (DataFile.Select(content, [change.Key]).Entries.Count > 0) return;
        string advice = Spelling.Nearest(change.Key, ValueFiles.Flat(content).Select(value => value.Key)) is { } near ? $"did you mean '{near}'?" : $"+{change.Key} adds it";
        throw new PipelineException($"{change.File} has no parameter '{change.Key}'; {advice}");
    }

    // Lost would be what is neither in HEAD nor, byte for byte, in any experiment: the workspace after a run is all in that run's.
    private void RefuseLoss(Experiment wanted)
    {
        HashSet<string> arriving = [.. git.Files(wanted.Commit).Select(path => Path.Combine(git.WorkTree, path))];
        (string tree, _) = new WorkspaceSnapshot(workspace, git).Write(arriving);

        // ":mode mode blob blob status", path, …
        string[] fields = Fields("diff-tree", "-r", "-z", "--no-renames", "HEAD", tree);
        HashSet<string> unsaved = [.. Enumerable.Range(0, fields.Length / 2).Where(i => !fields[2 * i].EndsWith('D')).Select(i => $"{fields[2 * i].Split(' ')[3]}\t{fields[2 * i + 1]}")];
        foreach (Experiment kept in All(null).OrderBy(one => one == wanted ? 0 : 1))
        {
            if (unsaved.Count == 0) return;
            foreach (string entry in Fields("ls-tree", "-r", "-z", "--full-tree", kept.Commit)) unsaved.Remove(entry.Split(' ', 3)[2]); // "mode blob HASH<tab>PATH"
        }
        if (unsaved.Count == 0) return;
        string[] paths = [.. unsaved.Select(entry => entry[(entry.IndexOf('\t', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal)];
        throw new PipelineException($"{string.Join(", ", paths.Take(5))}{(paths.Length > 5 ? ", …" : "")} {(paths.Length == 1 ? "was" : "were")} changed, and neither git nor an experiment has {(paths.Length == 1 ? "it as it is" : "them as they are")}: commit, or --force gives it up");
    }

    private string[] Fields(params string[] arguments) => git.Run(arguments).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static PipelineException Taken(string name) => new($"there is an experiment '{name}' already; --force puts this one in its place");
}
