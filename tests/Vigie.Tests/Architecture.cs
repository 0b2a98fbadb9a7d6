using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vigie.Tests;

/// <summary>The rules of the source tree, as functions from a file's path and text to complaints.</summary>
internal static partial class Architecture
{
    /// <summary>The folders of src/Vigie in the order in which data flows: a folder may use those before it, never one after it.</summary>
    public static readonly string[] Folders =
    [
        "Tweets",
        "Corpus",
        "Text",
        "Features",
        "Onnx",
        "Embeddings",
        "Models",
        "Networks",
        "Evaluation",
        "Recipes",
        "Tuning",
        "Bundles",
        "Monitoring",
        "Watch",
        "Pipelines",
    ];

    /// <summary>
    /// The namespaces of src/Vigie.Mlflow in their order. Its first is one for four folders, which are one thing: rows, and the questions to them.
    /// </summary>
    public static readonly string[] MlflowNamespaces = ["Vigie.Mlflow", "Vigie.Mlflow.Artifacts", "Vigie.Mlflow.Security", "Vigie.Mlflow.Server", "Vigie.Mlflow.Client", "Vigie.Mlflow.Import"];

    /// <summary>The folders of src/Vigie.Mlflow that share its first namespace.</summary>
    public static readonly string[] MlflowRows = ["Records", "Store", "Search", "Registry"];

    /// <summary>Files of src/Vigie.Mlflow that may look ahead: the one that puts the parts together, and two records that are written as JSON or read as YAML further on.</summary>
    public static readonly string[] MlflowAhead = ["Store/MlflowStore.cs", "Records/Webhooks.cs", "Records/MlModel.cs"];

    /// <summary>What each project may refer to; nothing may refer to Vigie.Cli.</summary>
    public static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Vigie"] = [],
        ["Vigie.Plots"] = ["Vigie"],
        ["Vigie.Torch"] = ["Vigie"],
        ["Vigie.Mlflow"] = [],
        ["Vigie.Client"] = [],
        ["Vigie.Server"] = ["Vigie", "Vigie.Mlflow"],
        ["Vigie.Dashboard"] = ["Vigie", "Vigie.Mlflow", "Vigie.Plots", "Vigie.Server"],
        ["Vigie.Cli"] = ["Vigie", "Vigie.Client", "Vigie.Dashboard", "Vigie.Plots", "Vigie.Mlflow", "Vigie.Server"],
    };

    /// <summary>
    /// What may catch everything: the outermost place of a process; queues, which hand whatever happens to those who wait for it; the watch over models, which keeps the old one serving
    /// whatever the new one does; and the loop that delivers alerts, which goes on whatever happens to the database that they wait in.
    /// </summary>
    public static readonly string[] CatchAlls =
    [
        "src/Vigie.Cli/Shell/Shell.cs", "src/Vigie.Mlflow/Store/SqliteDatabase.cs", "src/Vigie.Mlflow/Client/LogQueue.cs",
        "src/Vigie.Server/Models/ModelWatch.cs", "src/Vigie.Server/Models/WatchedModel.cs", "src/Vigie.Server/Predictions/RequestBatcher.cs", "src/Vigie.Server/Models/ShadowQueue.cs",
        "src/Vigie.Server/Alerts/Delivery/ChannelLoop.cs",
    ];

    public const int LongestFile = 500;

    /// <summary>What a file of src/Vigie may not use, given where it stands: its path is relative to src/Vigie, with forward slashes.</summary>
    public static IEnumerable<string> BackwardUses(string path, string text)
    {
        string? folder = path.Contains('/') ? path.Split('/')[0] : null;
        int own = folder is null ? -1 : Array.IndexOf(Folders, folder);
        if (folder is not null && own < 0)
        {
            yield return $"{path}: the folder {folder} has no place in the order of {nameof(Architecture)}.{nameof(Folders)}";
            yield break;
        }

        string expected = folder is null ? "Vigie" : $"Vigie.{folder}";
        foreach (Match declared in Namespace().Matches(text))
        {
            if (declared.Groups[1].Value != expected) yield return $"{path}: namespace {declared.Groups[1].Value} should be {expected}";
        }

        foreach (string used in Mentions().Matches(Comments().Replace(text, "")).Select(m => m.Groups[1].Value).Distinct())
        {
            if (Array.IndexOf(Folders, used) > own) yield return $"{path}: {folder ?? "the root"} may not use Vigie.{used}, which comes after it";
        }
    }

    /// <summary>The same for a file of src/Vigie.Mlflow; its path is relative to that.</summary>
    public static IEnumerable<string> BackwardUsesInMlflow(string path, string text)
    {
        string folder = path.Split('/')[0];
        string expected = MlflowRows.Contains(folder) ? MlflowNamespaces[0] : $"Vigie.Mlflow.{folder}";
        int own = Array.IndexOf(MlflowNamespaces, expected);
        if (own < 0)
        {
            yield return $"{path}: the folder {folder} has no place in the order of {nameof(Architecture)}.{nameof(MlflowNamespaces)}";
            yield break;
        }

        foreach (Match declared in Namespace().Matches(text))
        {
            if (declared.Groups[1].Value != expected) yield return $"{path}: namespace {declared.Groups[1].Value} should be {expected}";
        }

        if (MlflowAhead.Contains(path)) yield break;
        foreach (string used in MlflowMentions().Matches(Comments().Replace(text, "")).Select(m => m.Value).Distinct())
        {
            if (Array.IndexOf(MlflowNamespaces, used) > own) yield return $"{path}: {folder} may not use {used}, which comes after it";
        }
    }

    /// <summary>References of a project that its place does not allow.</summary>
    public static IEnumerable<string> WrongReferences(string project, string csproj)
    {
        if (!Projects.TryGetValue(project, out string[]? allowed))
        {
            yield return $"{project}: has no entry in {nameof(Architecture)}.{nameof(Projects)}";
            yield break;
        }

        foreach (XElement reference in XDocument.Parse(csproj).Descendants("ProjectReference"))
        {
            string name = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
            if (!allowed.Contains(name)) yield return $"{project}: may not refer to {name}";
        }
    }

    /// <summary>Failures that would be swallowed: an empty catch, or a catch of everything that does not throw again.</summary>
    public static IEnumerable<string> SwallowedFailures(string path, string text)
    {
        string code = Comments().Replace(text, match => new string('\n', match.Value.Count(c => c == '\n')));
        foreach (Match found in Catch().Matches(code))
        {
            string body = Body(code, found.Index + found.Length);
            int line = code.AsSpan(0, found.Index).Count('\n') + 1;
            bool everything = found.Groups["type"].Value is "" or "Exception" or "System.Exception" && !found.Groups["when"].Success;
            if (string.IsNullOrWhiteSpace(body)) yield return $"{path}:{line}: an empty catch";
            else if (everything && !CatchAlls.Contains(path) && !Throw().IsMatch(body)) yield return $"{path}:{line}: catches everything and does not throw again";
        }
    }

    public static IEnumerable<string> TooLong(string path, string text)
    {
        int lines = text.AsSpan().TrimEnd().Count('\n') + 1;
        if (lines > LongestFile) yield return $"{path}: {lines} lines, more than {LongestFile}; a file answers one question";
    }

    private static string Body(string code, int start)
    {
        int depth = 1;
        int end = start;
        for (; end < code.Length && depth > 0; end++) depth += code[end] switch { '{' => 1, '}' => -1, _ => 0 };
        return code[start..Math.Max(start, end - 1)];
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bVigie\.([A-Z]\w*)")]
    private static partial Regex Mentions();

    [GeneratedRegex(@"\bVigie\.Mlflow\.[A-Z]\w*")]
    private static partial Regex MlflowMentions();

    // Whole-line comments and the tails of lines; a '//' inside a string costs the rest of that line, which no rule here reads.
    [GeneratedRegex(@"(?<!:)//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\bcatch\s*(\(\s*(?<type>[\w.<>]+)[^)]*\))?\s*(?<when>when\s*\((?>[^()]+|\((?<d>)|\)(?<-d>))*(?(d)(?!))\)\s*)?\{")]
    private static partial Regex Catch();

    [GeneratedRegex(@"\bthrow\b")]
    private static partial Regex Throw();
}
