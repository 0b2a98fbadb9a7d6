using System.Globalization;

namespace Vigie.Server;

/// <summary>A registered model's version by name: <c>models:/NAME@ALIAS</c>, <c>models:/NAME/VERSION</c> or <c>models:/NAME/STAGE</c>.</summary>
/// <param name="Name">The registered model.</param>
public sealed record ModelAddress(string Name)
{
    private const string Scheme = "models:/";

    /// <summary>The alias that points to the version; null where another member names it.</summary>
    public string? Alias { get; private init; }

    /// <summary>The version's number; null where another member names it.</summary>
    public string? Version { get; private init; }

    /// <summary>The stage whose newest version it is; null where another member names it.</summary>
    public string? Stage { get; private init; }

    /// <summary>Whether a text is meant as such an address, and not as a folder.</summary>
    public static bool Is(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.StartsWith(Scheme, StringComparison.Ordinal);
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="InvalidInputException">The text is none.</exception>
    public static ModelAddress Parse(string text)
    {
        string rest = Is(text) ? text[Scheme.Length..] : text;
        int at = rest.LastIndexOf('@'), slash = rest.LastIndexOf('/');
        (string name, string last) = at > slash ? (rest[..at], rest[(at + 1)..]) : slash > 0 ? (rest[..slash], rest[(slash + 1)..]) : (rest, "");
        if (name.Length == 0 || last.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            throw new InvalidInputException($"'{text}' names no version; expected {Scheme}NAME@ALIAS, such as {Scheme}sentiment@champion, or {Scheme}NAME/VERSION");
        var address = new ModelAddress(Uri.UnescapeDataString(name));
        if (at > slash) return address with { Alias = last };
        return int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? address with { Version = last } : address with { Stage = last };
    }

    /// <inheritdoc/>
    public override string ToString() => Alias is not null ? $"{Scheme}{Name}@{Alias}" : $"{Scheme}{Name}/{Version ?? Stage}";
}
