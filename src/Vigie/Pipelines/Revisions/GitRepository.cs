using System.Diagnostics;
using System.Text;

namespace Vigie.Pipelines;

/// <summary>What is read of git, and the refs that experiments write, by running <c>git</c>.</summary>
/// <param name="root">A folder within the working tree.</param>
public sealed class GitRepository(string root)
{
    private const string Empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"; // the tree without files

    /// <summary>Full path of the working tree.</summary>
    public string WorkTree => field ??= Run("rev-parse", "--show-toplevel").Trim();

    /// <summary>The commit that a name means.</summary>
    /// <exception cref="PipelineException">There is none.</exception>
    public string Resolve(string revision) => TryResolve(revision) ?? throw new PipelineException($"'{revision}' is no revision: a branch, a tag, a commit or an experiment is");

    /// <summary>The commit that a name means: as git has it, else the newest experiment of that name; null for none.</summary>
    public string? TryResolve(string revision)
    {
        if (revision.StartsWith('-')) return null;
        (int code, byte[] output, _) = RunRaw(null, null, "rev-parse", "--verify", "--quiet", revision + "^{commit}");
        return code == 0 ? Encoding.UTF8.GetString(output).Trim() : Experiment.In(this, null).FirstOrDefault(one => one.Name == revision)?.Commit;
    }

    /// <summary>Commits of all branches, tags or history, as far as they are asked for.</summary>
    public IReadOnlyList<string> Commits(bool branches, bool tags, bool all)
    {
        var kinds = new List<string>();
        if (all) kinds.AddRange(["--branches", "--tags", "--remotes", "--glob=refs/exps"]);
        if (all) return Lines(Run(["rev-list", .. kinds]));
        var refs = new List<string>();
        if (branches) refs.Add("refs/heads");
        if (tags) refs.Add("refs/tags");
        return refs.Count == 0 ? [] : [.. Lines(Run(["for-each-ref", "--format=%(objectname)", .. refs])).Select(one => TryResolve(one)).OfType<string>().Distinct()];
    }

    /// <summary>The names of branches and tags of a commit, the branch that is checked out first; without any, the commit itself.</summary>
    public IReadOnlyList<string> NamesOf(string commit, bool branches, bool tags)
    {
        var refs = new List<string>();
        if (branches) refs.Add("refs/heads");
        if (tags) refs.Add("refs/tags");
        string[] names = refs.Count == 0 ? [] : Lines(Run(["for-each-ref", $"--points-at={commit}", "--format=%(if)%(HEAD)%(then)%(HEAD)%(end)%(refname:short)", .. refs]));
        return names.Length == 0 ? [commit] : [.. names.OrderBy(name => name.StartsWith('*') ? 0 : 1).Select(name => name.TrimStart('*', ' '))];
    }

    /// <summary>When a commit was made.</summary>
    public DateTimeOffset TimeOf(string commit) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(Run("show", "--no-patch", "--format=%ct", commit).Trim(), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Paths of all files of a revision, relative to the working tree.</summary>
    public IReadOnlyList<string> Files(string revision) => [.. Run("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision).Split('\0', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>The bytes of a file in a revision, or null.</summary>
    public byte[]? Read(string revision, string path)
    {
        (int code, byte[] output, _) = RunRaw(null, null, "cat-file", "blob", $"{revision}:{path}");
        return code == 0 ? output : null;
    }

    /// <summary>Runs git, and gives what it printed.</summary>
    /// <exception cref="PipelineException">It failed; the message is git's.</exception>
    public string Run(params string[] arguments) => Run(null, null, arguments);

    /// <inheritdoc cref="Run(string[])"/>
    /// <param name="variables">Set for it.</param>
    /// <param name="input">Given to it.</param>
    /// <param name="arguments">Its own.</param>
    public string Run(IReadOnlyDictionary<string, string>? variables, string? input, params string[] arguments)
    {
        (int code, byte[] output, string complaint) = RunRaw(variables, input, arguments);
        return code == 0 ? Encoding.UTF8.GetString(output) : throw new PipelineException($"git {arguments[0]}: {complaint.Trim()}");
    }

    /// <summary>The tree of no files.</summary>
    internal static string EmptyTree => Empty;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private (int Code, byte[] Output, string Complaint) RunRaw(IReadOnlyDictionary<string, string>? variables, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        using Process git = Start(start);
        Task<string> complaint = git.StandardError.ReadToEndAsync();
        if (input is not null) git.StandardInput.Write(input);
        git.StandardInput.Close();
        using var output = new MemoryStream();
        git.StandardOutput.BaseStream.CopyTo(output);
        git.WaitForExit();
        return (git.ExitCode, output.ToArray(), complaint.GetAwaiter().GetResult());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new PipelineException($"git cannot be run ({missing.Message}); install it, or work without revisions", missing);
        }
    }
}

/// <summary>The files of a revision as texts.</summary>
public sealed class RevisionTexts(GitRepository git, string revision) : IFileTexts
{
    private readonly Lazy<HashSet<string>> paths = new(() => [.. git.Files(revision)]);
    private readonly Dictionary<string, string?> read = [];

    /// <inheritdoc/>
    public string? Read(string fullPath)
    {
        string path = Path.GetRelativePath(git.WorkTree, fullPath).Replace('\\', '/');
        if (!paths.Value.Contains(path)) return null;
        if (!read.TryGetValue(path, out string? text)) read[path] = text = git.Read(revision, path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        return text;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Find(string nameOrEnding) => paths.Value.Where(path => path.EndsWith(nameOrEnding, StringComparison.Ordinal)).Select(path => Path.Combine(git.WorkTree, path));
}
