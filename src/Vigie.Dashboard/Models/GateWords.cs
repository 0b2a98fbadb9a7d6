using System.Text.RegularExpressions;
using Vigie.Dashboard.Reading;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Models;

/// <summary>A gate's rule, and what it found, as a sentence.</summary>
internal static partial class GateWords
{
    /// <summary>A rule that <see cref="GateRule"/> reads, in words.</summary>
    public static string Of(GateRule rule, Viewer viewer) => string.Join(' ', Parts().Matches(rule.Text).Select(part => Word(part.Value, viewer))).Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal);

    /// <summary>Why a comparison counts or does not.</summary>
    public static string Of(GateComparison comparison, Viewer viewer) => comparison switch
    {
        { Note: not null, Holds: not null } => viewer.T("there is no champion yet, so this does not count", "il n’y a pas encore de champion : cela ne compte pas"),
        { Note: { } note } => viewer.T(note, $"valeur absente ({note})"),
        _ => viewer.T($"{viewer.Short(comparison.Left)} against {viewer.Short(comparison.Right)}", $"{viewer.Short(comparison.Left)} contre {viewer.Short(comparison.Right)}"),
    };

    private static string Word(string part, Viewer viewer) => part.ToUpperInvariant() switch
    {
        "AND" => viewer.T("and", "et"),
        "OR" => viewer.T("or", "ou"),
        "NOT" => viewer.T("not", "non"),
        ">" => viewer.T("is above", "dépasse"),
        ">=" => viewer.T("is at least", "vaut au moins"),
        "<" => viewer.T("is below", "reste sous"),
        "<=" => viewer.T("is at most", "vaut au plus"),
        "=" or "==" => viewer.T("equals", "égale"),
        "!=" or "<>" => viewer.T("differs from", "diffère de"),
        _ when part.StartsWith("champion.", StringComparison.Ordinal) => viewer.T($"the champion’s {Bare(part["champion.".Length..])}", $"{Bare(part["champion.".Length..])} du champion"),
        _ => Bare(part),
    };

    private static string Bare(string name) => name.Length > 2 && name[0] is '`' or '"' ? name[1..^1] : name;

    [GeneratedRegex("""(champion\.)?(`[^`]+`|"[^"]+")|>=|<=|!=|==|<>|[><=()]|[^\s><=!()]+""", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
