namespace Vigie.Recipes;

/// <summary>What there is to say of ensembles.</summary>
internal static class EnsembleParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        RecipeParameter.Fixed<EnsembleLearner>("members", "the models that are combined, by recipe and bundle", learner => string.Join(", ", learner.Members.Select(member => $"{member.Recipe} {member.Digest[..12]}"))),
        RecipeParameter.Fixed<EnsembleLearner>("weights", "of each member in the vote", learner => learner.Weights is { } weights ? string.Join(", ", weights.Select(ParameterText.Spell)) : null),
    ];
}
