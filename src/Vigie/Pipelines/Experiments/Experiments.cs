using System.Security.Cryptography;

namespace Vigie.Pipelines;

/// <summary>A run of the pipeline that was kept: a commit beside the history, which no branch names.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Reference"><c>refs/exps/aa/rest/NAME</c>, where aa and rest are the commit that it began from: DVC's form.</param>
/// <param name="Commit">Its files.</param>
/// <param name="Baseline">The commit that it began from.</param>
public sealed record Experiment(string Name, string Reference, string Commit, string Baseline);

/// <summary>A change of a parameter for one run.</summary>
/// <param name="File">The parameter file, as written.</param>
/// <param name="Key">Dotted key; <c>~key</c> removes.</param>
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
    private const string Prefix = "refs/exps/";

    private readonly GitRepository git = workspace.Config.HasGit ? new GitRepository(workspace.Config.Root) : throw new PipelineException("experiments are kept in git, and there is none here");

    /// <summary>The commit that experiments of the workspace begin from.</summary>
    public string Baseline => git.TryResolve("HEAD") ?? throw new PipelineException("experiments begin from a commit, and there is none yet: git commit first");

    /// <summary>The experiments of a commit, or of all; by name.</summary>
    public IReadOnlyList<Experiment> All(string? baseline)
    {
        string where = baseline is null ? Prefix : $"{Prefix}{baseline[..2]}/{baseline[2..]}/";
        var found = new List<Experiment>();
        foreach (string line in git.Run("for-each-ref", "--format=%(refname) %(objectname)", where.TrimEnd('/')).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' '), names = parts[0][Prefix.Length..].Split('/', 3);
            if (names is [{ Length: 2 } first, { Length: 38 } rest, { } name]) found.Add(new Experiment(name, parts[0], parts[1], first + rest));
        }
        return [.. found.OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

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
            texts[path] = DataFile.Change(path, text, [new(change.Key, change.Value)]);
        }
        foreach ((string path, string text) in texts) AtomicFile.Write(path, text, isDurable: true);
    }

    /// <summary>Refuses a name that git would not take, or that is taken.</summary>
    /// <exception cref="PipelineException">It is one of those.</exception>
    public void CheckName(string name, bool force)
    {
        if (name.Length == 0 || name.StartsWith('-') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name.Contains("..", StringComparison.Ordinal) || name.EndsWith('.') || name.StartsWith('.') || name.EndsWith(".lock", StringComparison.Ordinal)) throw new PipelineException($"'{name}' is no name for an experiment: letters, digits, -, _ and . are");
        if (!force && All(Baseline).Any(one => one.Name == name)) throw new PipelineException($"there is an experiment '{name}' already; --force puts this one in its place");
    }

    /// <summary>Keeps the workspace as it is: all files that git follows, and those that the run wrote.</summary>
    /// <param name="name">What to call it; null for a name by its content, so that the same run has the same name.</param>
    /// <param name="written">Full paths of files that the run wrote for git.</param>
    /// <param name="force">Whether it may take the place of one of that name.</param>
    public Experiment Save(string? name, IReadOnlyCollection<string> written, bool force)
    {
        string baseline = Baseline, index = Path.Combine(workspace.Config.TemporaryFolder, $"index-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        var variables = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = index };
        try
        {
            git.Run(variables, null, "read-tree", baseline);
            git.Run(variables, null, "add", "-u", "--", git.WorkTree);
            string[] metrics = [.. workspace.Pipeline.Stages.SelectMany(stage => stage.Outputs).Where(output => !output.Cache && File.Exists(output.FullPath)).Select(output => output.FullPath)];
            string[] more = [.. written.Concat(metrics).Concat(workspace.Pipeline.Files.Select(file => file.Path)).Distinct().Where(File.Exists)];
            if (more.Length > 0) git.Run(variables, null, ["add", "--force", "--", .. more]);
            string tree = git.Run(variables, null, "write-tree").Trim();
            name ??= $"exp-{tree[..7]}";
            CheckName(name, force: force || All(baseline).Any(one => one.Name == name && git.Run("rev-parse", one.Commit + "^{tree}").Trim() == tree));
            string commit = git.Run("commit-tree", tree, "-p", baseline, "-m", $"experiment {name}").Trim(), reference = $"{Prefix}{baseline[..2]}/{baseline[2..]}/{name}";
            git.Run("update-ref", reference, commit);
            return new Experiment(name, reference, commit, baseline);
        }
        finally
        {
            File.Delete(index);
        }
    }

    /// <summary>Makes the files of git those of an experiment; data follow by a checkout.</summary>
    /// <exception cref="PipelineException">Changes that nothing keeps would be lost, and <paramref name="force"/> is not given.</exception>
    public void Apply(Experiment experiment, bool force)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        string[] differing = Paths("diff", "--name-only", "-z", experiment.Commit);
        string[] unsaved = [.. Paths("diff", "--name-only", "-z", "HEAD").Intersect(differing)];
        if (unsaved.Length > 0 && !force && !IsKept(unsaved)) throw new PipelineException($"{string.Join(", ", unsaved.Take(5))} were changed, and neither git nor an experiment has them as they are: commit them, or --force gives them up");
        string[] added = Paths("diff", "--name-only", "-z", "--diff-filter=A", experiment.Commit), kept = [.. differing.Except(added)];
        if (kept.Length > 0) git.Run(["restore", $"--source={experiment.Commit}", "--worktree", "--", .. kept.Select(Rooted)]);
        foreach (string path in added) File.Delete(Path.Combine(git.WorkTree, path));
    }

    /// <summary>Forgets an experiment; what it made stays in the cache until <c>gc</c>.</summary>
    public void Remove(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        git.Run("update-ref", "-d", experiment.Reference, experiment.Commit);
    }

    // The workspace after a run is that run's experiment: nothing is lost then.
    private bool IsKept(string[] paths) => All(Baseline).Any(one => !Paths("diff", "--name-only", "-z", one.Commit).Intersect(paths).Any());

    private string[] Paths(params string[] arguments) => git.Run(arguments).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string Rooted(string path) => $":(top,literal){path}";
}
