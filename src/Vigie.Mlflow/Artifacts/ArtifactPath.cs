using System.Buffers;
using System.Text;

namespace Vigie.Mlflow.Artifacts;

/// <summary>A path below a store's root that cannot leave it: names in any alphabet, joined by <c>/</c>.</summary>
public readonly record struct ArtifactPath
{
    /// <summary>Longest path, in bytes of UTF-8: the longest key of S3.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Longest name within a path, in bytes of UTF-8: the longest name of the usual file systems.</summary>
    public const int MaxNameBytes = 255;

    // What the stores keep for themselves below the root: uploads that are not complete yet.
    private const string Reserved = ".vigie";

    private static readonly SearchValues<char> NotOnWindows = SearchValues.Create(":*?\"<>|");

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? value;

    private ArtifactPath(string value) => this.value = value;

    /// <summary>Names joined by <c>/</c>, without a leading or trailing one; empty for the root.</summary>
    public string Value => value ?? "";

    /// <summary>The root itself.</summary>
    public static ArtifactPath Root => default;

    /// <summary>Whether it is the root.</summary>
    public bool IsRoot => Value.Length == 0;

    /// <summary>The last name; empty for the root.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The names from the root on.</summary>
    public IReadOnlyList<string> Names => IsRoot ? [] : Value.Split('/');

    /// <summary>Checks a path of a request, already decoded once. A slash at its end is taken for a folder's.</summary>
    /// <exception cref="MlflowException">
    /// INVALID_PARAMETER_VALUE: the path is absolute, has a backslash, a drive letter, a control character, an empty name, <c>.</c> or <c>..</c>, broken
    /// UTF-16, is too long, or would have one of these were it decoded again (of the control characters: NUL or a line's end).
    /// </exception>
    public static ArtifactPath Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string trimmed = path.EndsWith('/') && path.Length > 1 ? path[..^1] : path;
        if (trimmed.Length == 0) return Root;
        if (Fault(trimmed) is { } fault) throw Refused(path, fault);

        // Some proxies and clients encode twice. Where a second reading would be another path than the first, neither is taken.
        string decoded = trimmed;
        for (string again = Uri.UnescapeDataString(decoded); again != decoded; again = Uri.UnescapeDataString(decoded))
        {
            if (Fault(again, isSecondReading: true) is { } hidden) throw Refused(path, $"decoded once more, {hidden}");
            if (again.Count('/') != trimmed.Count('/')) throw Refused(path, "it has an encoded slash");
            decoded = again;
        }

        return new ArtifactPath(trimmed);
    }

    /// <summary>A path below this one.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: both together are too long.</exception>
    public ArtifactPath Append(ArtifactPath below)
    {
        if (IsRoot) return below;
        if (below.IsRoot) return this;
        string joined = $"{Value}/{below.Value}";
        return Utf8.GetByteCount(joined) <= MaxBytes ? new ArtifactPath(joined) : throw Refused(joined, $"it is longer than {MaxBytes} bytes");
    }

    /// <summary>A path of the store's own, which no request can name.</summary>
    internal static ArtifactPath Own(params ReadOnlySpan<string> names) => new($"{Reserved}/{string.Join('/', names)}");

    /// <summary>Whether a name below the root is the store's own.</summary>
    internal static bool IsOwn(string name) => name.Equals(Reserved, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string? Fault(string path, bool isSecondReading = false)
    {
        if (path.StartsWith('/')) return "it is absolute";
        if (path.Contains('\\')) return "it has a backslash";
        if (path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0])) return "it begins with a drive letter";
        // Images of MLflow's clients are named KEY%step%0%timestamp%1700000000000%UUID.png: read twice, they have control characters, which lead nowhere.
        if (path.Any(letter => isSecondReading ? letter is '\0' or '\r' or '\n' : char.IsControl(letter))) return "it has a control character";
        try
        {
            if (Utf8.GetByteCount(path) > MaxBytes) return $"it is longer than {MaxBytes} bytes";
        }
        catch (EncoderFallbackException)
        {
            return "it is not valid Unicode";
        }

        string[] names = path.Split('/');
        if (IsOwn(names[0])) return $"{Reserved} is reserved";
        return names.Select(FaultOfName).FirstOrDefault(fault => fault is not null);
    }

    private static string? FaultOfName(string name) => name switch
    {
        "" => "it has an empty name",
        "." or ".." => $"it has the name {name}",
        _ when Utf8.GetByteCount(name) > MaxNameBytes => $"a name in it is longer than {MaxNameBytes} bytes",
        _ when OperatingSystem.IsWindows() && (name.EndsWith('.') || name.EndsWith(' ') || name.AsSpan().ContainsAny(NotOnWindows)) => $"Windows does not allow the name {name}",
        _ => null,
    };

    private static MlflowException Refused(string path, string fault) =>
        MlflowException.Invalid($"artifact path {Shown(path)}: {fault}. A path is names joined by '/', below the root");

    private static string Shown(string path) => $"'{(path.Length <= 200 ? path : path[..200] + "…").Replace("\0", "\\0", StringComparison.Ordinal)}'";
}
