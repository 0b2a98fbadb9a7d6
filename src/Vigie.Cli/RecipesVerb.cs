using System.CommandLine;
using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary><c>vigie recipes</c>: the ways to a model, and what can be set in each.</summary>
internal static class RecipesVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("RECIPE") { Description = "A recipe, to see its parameters; none for all of them", Arity = ArgumentArity.ZeroOrOne };
        return new Command("recipes", "Show the recipes that train takes, and the parameters of each") { name }
            .WithExamples("vigie recipes", "vigie recipes linear-best", "vigie recipes --json")
            .Does(terminal, run =>
            {
                if (run.Value(name) is { } one)
                {
                    Described recipe = Described.Of(RecipeOptions.Find(one));
                    run.Print(recipe, console =>
                    {
                        terminal.Out.WriteLine($"{recipe.Name}: {recipe.Summary}");
                        console.PrintTable(["parameter", "value", "what it does"], [.. recipe.Parameters.Select(p => new[] { p.Name, p.Value, p.Help })]);
                    });
                    return;
                }

                Described[] all = [.. RecipeCatalog.All.Select(Described.Of)];
                run.Print(new { Recipes = all }, console => console.PrintTable(["recipe", "what it is"], [.. all.Select(r => new[] { r.Name, r.Summary })]));
            });
    }

    private sealed record Described(string Name, string Summary, IReadOnlyList<Parameter> Parameters)
    {
        public static Described Of(Recipe recipe)
        {
            IReadOnlyDictionary<string, string> values = RecipeParameter.ValuesOf(recipe);
            return new Described(recipe.Name, recipe.Summary, [.. RecipeParameter.Of(recipe).Select(p => new Parameter(p.Name, values[p.Name], p.Help))]);
        }
    }

    private sealed record Parameter(string Name, string Value, string Help);
}
