using Vigie.Recipes;
using Vigie.Tuning;

namespace Vigie.Tests.Tuning;

public sealed class SearchSpaceFileTests
{
    [Fact]
    public void The_reference_studys_space_has_192_points_each_of_which_is_a_recipe()
    {
        SearchSpace space = SearchSpaceFile.Read(Path.Combine(SharedData.Repository, "spaces", "reference.yaml"));
        var points = SpacePoints.All(space).ToList();
        Assert.Equal((192, 192), (points.Count, points.Select(SpacePoints.Key).Distinct().Count()));
        Recipe recipe = RecipeCatalog.Find(space.Recipes[0]);
        foreach (IReadOnlyDictionary<string, string> point in points) RecipeParameter.Set(recipe, [.. space.Fixed.Concat(point).Select(value => (value.Key, value.Value))]);
    }

    [Fact]
    public void Every_point_of_the_linear_space_is_a_recipe()
    {
        SearchSpace space = SearchSpaceFile.Read(Path.Combine(SharedData.Repository, "spaces", "linear-best.yaml"));
        var random = new Xoshiro256(1);
        bool without = false, with = false;
        for (int i = 0; i < 200; i++)
        {
            IReadOnlyDictionary<string, string> point = SpacePoints.Draw(space, dimension => SpacePoints.Draw(dimension.Domain, random));
            RecipeParameter.Set(RecipeCatalog.Find("linear-best"), [.. point.Select(value => (value.Key, value.Value))]);
            Assert.Equal(point["char_max"] != "0", point.ContainsKey("char_min"));
            (without, with) = (without || point["char_max"] == "0", with || point["char_max"] != "0");
        }
        Assert.True(without && with);
    }

    [Theory]
    [InlineData("recipe: lineer-best\nparameters: {C: [1]}", "s.yaml:1:9: no recipe 'lineer-best'; did you mean 'linear-best'?")]
    [InlineData("recipe: linear-best\nparameter: {C: [1]}", ":2:1: 'parameter' means nothing in a search space; did you mean 'parameters'?")]
    [InlineData("recipe: linear-best\nparameters: {word_mx: [1]}", ":2:14: 'word_mx' means nothing in a recipe; did you mean 'word_max'?")]
    [InlineData("recipe: linear-best\nparameters:\n  C: {log_uniform: [0, 1]}", ":3:20: C: expected [low, high], low first and above 0")]
    [InlineData("recipe: linear-best\nparameters:\n  C: {uniform: [2, 1]}", ":3:16: C: expected [low, high], low first")]
    [InlineData("recipe: linear-best\nparameters:\n  word_max: {integer: [1, x]}", "'x' is no whole number")]
    [InlineData("recipe: linear-best\nparameters:\n  C: [1, 1]", "different values")]
    [InlineData("recipe: linear-best\nparameters:\n  C: 3", ":3:6: C: expected a list of values")]
    [InlineData("recipe: linear-best\nparameters:\n  C: {integer: [1, 2], when: {word_max: 1}}", "'word_max' is no parameter above C")]
    [InlineData("recipe: linear-best\nparameters:\n  word_max: [1, 2]\n  C: {uniform: [1, 2], when: {word_max: 3}}", "word_max is never '3'")]
    [InlineData("recipe: linear-best\nset: {C: 1}\nparameters: {C: [1, 2]}", "'C' is set above")]
    [InlineData("recipe: linear-best", "nothing varies")]
    [InlineData("parameters: {C: [1]}", "no recipe")]
    [InlineData("- a", "expected a mapping")]
    [InlineData("a: [", "not YAML")]
    public void What_is_wrong_is_said_with_its_place(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidInputException>(() => SearchSpaceFile.Parse("s.yaml", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Several_recipes_are_a_dimension_that_others_may_depend_on()
    {
        SearchSpace space = SearchSpaceFile.Parse("s", "recipe: [tfidf-lr, tfidf-rf]\nparameters:\n  C: {choices: [1, 2], when: {recipe: tfidf-lr}}\n  max_df: [1]\n");
        Assert.Equal(["recipe=tfidf-lr C=1 max_df=1", "recipe=tfidf-lr C=2 max_df=1", "recipe=tfidf-rf max_df=1"], SpacePoints.All(space).Select(point => string.Join(' ', point.Select(value => $"{value.Key}={value.Value}"))));
    }
}
