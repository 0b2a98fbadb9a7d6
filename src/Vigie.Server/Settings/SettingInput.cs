namespace Vigie.Server;

/// <summary>Where a value was said. A source that was added later goes before those added earlier.</summary>
/// <param name="Layer">0 for the verb's own defaults, then the file, the environment, the command line.</param>
/// <param name="Text">As messages say it: <c>vigie.yaml:12</c>, <c>VIGIE__TLS__KEY</c>, <c>--urls</c>.</param>
internal sealed record SettingOrigin(int Layer, string Text)
{
    public const int Default = 0, File = 1, Environment = 2, Flag = 3;
}

/// <summary>What a source said, before anybody looked at what it should be.</summary>
internal abstract record SettingInput(SettingOrigin Origin)
{
    /// <summary>Lays one tree over another: maps are joined, everything else is replaced.</summary>
    public static SettingInput Merge(SettingInput below, SettingInput above)
    {
        if (below is not InputMap low || above is not InputMap high) return above;
        var joined = new Dictionary<string, SettingInput>(low.Entries, StringComparer.Ordinal);
        foreach ((string name, SettingInput value) in high.Entries) joined[name] = joined.TryGetValue(name, out SettingInput? covered) ? Merge(covered, value) : value;
        return new InputMap(high.Origin, joined);
    }

    /// <summary>A tree with one leaf, from a path.</summary>
    public static SettingInput At(ReadOnlySpan<string> path, InputText leaf) =>
        path.IsEmpty ? leaf : new InputMap(leaf.Origin, new Dictionary<string, SettingInput>(StringComparer.Ordinal) { [path[0]] = At(path[1..], leaf) });
}

/// <summary>A single value; null where the key stands without one.</summary>
internal sealed record InputText(SettingOrigin Origin, string? Text) : SettingInput(Origin);

internal sealed record InputList(SettingOrigin Origin, IReadOnlyList<SettingInput> Items) : SettingInput(Origin);

internal sealed record InputMap(SettingOrigin Origin, IReadOnlyDictionary<string, SettingInput> Entries) : SettingInput(Origin);
