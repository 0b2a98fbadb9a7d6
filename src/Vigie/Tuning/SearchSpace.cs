namespace Vigie.Tuning;

/// <summary>
/// The points that a search may try: recipes, and values of their parameters. Read from YAML:
/// <code>
/// recipe: linear-best                 # or a list, which makes 'recipe' a parameter
/// set: {max_iterations: 200}          # the same in every trial
/// parameters:
///   C: {log_uniform: [0.01, 100]}
///   word_max: {integer: [1, 3]}
///   min_df: {log_integer: [1, 100]}
///   dropout: {uniform: [0.1, 0.5], when: {recipe: [lstm, bilstm]}}
///   stem: [true, false]
/// </code>
/// </summary>
/// <param name="Recipes">Names; at least one.</param>
/// <param name="Fixed">Values that every trial has.</param>
/// <param name="Dimensions">What varies, each behind those that its condition names.</param>
public sealed record SearchSpace(IReadOnlyList<string> Recipes, IReadOnlyDictionary<string, string> Fixed, IReadOnlyList<SearchDimension> Dimensions);

/// <summary>A parameter that varies.</summary>
/// <param name="Name">The recipe parameter, as <c>--set</c> names it, or <c>recipe</c>.</param>
/// <param name="Domain">Its values.</param>
/// <param name="When">Values of other dimensions under which it is there; empty for always.</param>
public sealed record SearchDimension(string Name, SearchDomain Domain, IReadOnlyDictionary<string, IReadOnlyList<string>> When);

/// <summary>The values of a dimension.</summary>
public abstract record SearchDomain;

/// <summary>One of a list.</summary>
public sealed record ChoiceDomain(IReadOnlyList<string> Values) : SearchDomain;

/// <summary>Whole numbers from low to high, both included.</summary>
public sealed record IntegerDomain(long Low, long High, bool IsLogarithmic, long Step = 1) : SearchDomain;

/// <summary>Numbers from low to high.</summary>
public sealed record RealDomain(double Low, double High, bool IsLogarithmic) : SearchDomain;
