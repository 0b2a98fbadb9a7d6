namespace Vigie.Server;

/// <summary>Where settings come from: a file, the environment and the command line, each going before those above it.</summary>
public sealed record SettingSources
{
    /// <summary>Read from the working folder where nobody names another file.</summary>
    public const string DefaultFile = "vigie.yaml";

    /// <summary>What environment variables of settings begin with: <c>VIGIE__TLS__KEY</c> is <c>tls.key</c>.</summary>
    public const string Prefix = "VIGIE__";

    /// <summary>What a verb takes where nothing else is said, by path.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defaults { get; init; } = [];

    /// <summary>The file's path; null for none.</summary>
    public string? File { get; init; }

    /// <summary>As messages call the file; its path where null.</summary>
    public string? FileName { get; init; }

    /// <summary>All environment variables; those without <see cref="Prefix"/> are left alone.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What the command line says.</summary>
    public IReadOnlyList<SettingFlag> Flags { get; init; } = [];

    /// <summary>One tree of all that was said.</summary>
    internal SettingInput Read()
    {
        SettingInput all = new InputMap(new SettingOrigin(SettingOrigin.Default, "default"), new Dictionary<string, SettingInput>());
        foreach ((string path, string text) in Defaults) Add(path.Split('.'), text, new SettingOrigin(SettingOrigin.Default, "default"));
        if (File is not null) all = SettingInput.Merge(all, SettingsFile.Read(File, FileName ?? File));
        foreach ((string name, string text) in Environment.Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).OrderBy(variable => variable.Key, StringComparer.Ordinal))
            Add(name[Prefix.Length..].ToLowerInvariant().Split("__"), text, new SettingOrigin(SettingOrigin.Environment, name));
        foreach (SettingFlag flag in Flags) Add(flag.Path.Split('.'), flag.Text, new SettingOrigin(SettingOrigin.Flag, flag.Flag));
        return all;

        void Add(string[] path, string text, SettingOrigin origin) => all = SettingInput.Merge(all, SettingInput.At(path, new InputText(origin, text)));
    }
}

/// <summary>A setting on the command line.</summary>
/// <param name="Path">Which: <c>url</c>, <c>tls.key</c>.</param>
/// <param name="Text">Its value.</param>
/// <param name="Flag">As the caller wrote it: <c>--urls</c>, <c>--set</c>.</param>
public sealed record SettingFlag(string Path, string Text, string Flag)
{
    /// <summary>Reads what follows <c>--set</c>.</summary>
    /// <exception cref="InvalidInputException">It is not <c>NAME=VALUE</c>.</exception>
    public static SettingFlag Parse(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        // The value is not repeated: what is malformed may be a secret.
        if (equals <= 0) throw new InvalidInputException("--set: expected NAME=VALUE, such as --set access.required=true");
        return new SettingFlag(assignment[..equals], assignment[(equals + 1)..], "--set");
    }
}
