using System.Globalization;

namespace Vigie.Cli;

/// <summary>A registered model's version by name: <c>models:/NAME@ALIAS</c>, <c>models:/NAME/VERSION</c> or <c>models:/NAME/STAGE</c>.</summary>
internal sealed record ModelReference(string Name)
{
    private const string Scheme = "models:/";

    public string? Alias { get; private init; }

    public string? Version { get; private init; }

    public string? Stage { get; private init; }

    public static bool Is(string model) => model.StartsWith(Scheme, StringComparison.Ordinal);

    /// <exception cref="InvalidInputException">The text is no such reference.</exception>
    public static ModelReference Parse(string text)
    {
        string rest = Is(text) ? text[Scheme.Length..] : text;
        int at = rest.LastIndexOf('@'), slash = rest.LastIndexOf('/');
        (string name, string last) = at > slash ? (rest[..at], rest[(at + 1)..]) : slash > 0 ? (rest[..slash], rest[(slash + 1)..]) : (rest, "");
        if (name.Length == 0 || last.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            throw new InvalidInputException($"'{Terminal.Printable(text)}' names no version; expected {Scheme}NAME@ALIAS, such as {Scheme}sentiment@champion, or {Scheme}NAME/VERSION");
        var reference = new ModelReference(Uri.UnescapeDataString(name));
        if (at > slash) return reference with { Alias = last };
        return int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? reference with { Version = last } : reference with { Stage = last };
    }

    public override string ToString() => Alias is not null ? $"{Scheme}{Name}@{Alias}" : $"{Scheme}{Name}/{Version ?? Stage}";
}
