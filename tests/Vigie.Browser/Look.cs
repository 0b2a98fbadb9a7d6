namespace Vigie.Browser;

/// <summary>How somebody looks at a page.</summary>
public sealed record Look(string Language, bool IsPhone, bool IsDark)
{
    /// <summary>English, on a desktop, light.</summary>
    public static Look Desktop { get; } = new("en", IsPhone: false, IsDark: false);

    /// <summary>Both languages, both windows and both themes, in four visits: every page's main task is done in each.</summary>
    public static TheoryData<Look> All { get; } = [Desktop, new Look("fr", false, true), new Look("en", true, true), new Look("fr", true, false)];

    public int Width => IsPhone ? 390 : 1280;

    public int Height => IsPhone ? 844 : 860;

    /// <summary>One thing in the language of the look.</summary>
    public string T(string english, string french) => Language == "fr" ? french : english;

    public override string ToString() => $"{Language} {(IsPhone ? "phone" : "desktop")} {(IsDark ? "dark" : "light")}";
}
