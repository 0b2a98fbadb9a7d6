namespace Vigie.Dashboard.Models;

/// <summary>One step on the way from data to duty.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What it is called; what is missing where it is not there.</param>
/// <param name="Href">Its page; null for none.</param>
/// <param name="Lines">What there is to say of it.</param>
/// <param name="IsThere">Whether it is there.</param>
public sealed record LineageStep(string Kind, string Name, string? Href, IReadOnlyList<string> Lines, bool IsThere = true);
