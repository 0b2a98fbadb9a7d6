using System.CommandLine;
using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary>The argument and options that say how to train, or without <paramref name="training"/> only what the recipe is.</summary>
internal sealed class RecipeOptions(bool training = true)
{
    private readonly Argument<string> _name = new("RECIPE") { Description = $"How to train: {string.Join(", ", RecipeCatalog.All.Select(r => r.Name))}; 'vigie recipes' explains them" };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a parameter of the recipe, such as C=2; may be given several times", HelpName = "KEY=VALUE" };
    private readonly Option<int> _seed = new("--seed") { Description = "Seeds whatever is drawn by chance (1 unless given)", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<double?> _precision = new("--wanted-precision") { Description = "Choose the threshold on validation rows so that this share of what is called positive is: between 0 and 1", HelpName = "P" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_name);
        command.Options.Add(_set);
        if (!training) return;
        command.Options.Add(_seed);
        command.Options.Add(_precision);
    }

    public int SeedOf(VerbRun run) => run.Value(_seed);

    /// <summary>The recipe with everything that the caller set.</summary>
    public Recipe Of(VerbRun run)
    {
        Recipe recipe = Find(run.Required(_name));
        recipe = RecipeParameter.Set(recipe, [.. (run.Value(_set) ?? []).Select(assignment => Assignment(recipe, assignment))]);
        if (!training || run.Value(_precision) is not { } wanted) return recipe;
        if (wanted is not (> 0 and < 1)) throw new InvalidInputException($"--wanted-precision {wanted}: expected a share between 0 and 1, such as 0.95");
        return recipe with { WantedPrecision = wanted };
    }

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="InvalidInputException">There is none; the message says which was probably meant.</exception>
    public static Recipe Find(string name)
    {
        if (RecipeCatalog.All.Any(recipe => recipe.Name == name)) return RecipeCatalog.Find(name);
        string[] names = [.. RecipeCatalog.All.Select(recipe => recipe.Name)];
        throw new InvalidInputException($"no recipe '{Terminal.Printable(name)}'{Meant(name, names)}; there are {string.Join(", ", names)}");
    }

    private static (string Name, string Value) Assignment(Recipe recipe, string assignment)
    {
        int equals = assignment.IndexOf('=');
        if (equals <= 0) throw new InvalidInputException($"--set {Terminal.Printable(assignment)}: expected KEY=VALUE, such as C=2");
        string key = assignment[..equals].Trim();
        if (RecipeParameter.All.Any(parameter => parameter.Name == key)) return (key, assignment[(equals + 1)..].Trim());
        string[] names = [.. RecipeParameter.Of(recipe).Select(parameter => parameter.Name)];
        throw new InvalidInputException($"--set: recipe {recipe.Name} has no parameter '{Terminal.Printable(key)}'{Meant(key, names)}; it has {string.Join(", ", names)}");
    }

    private static string Meant(string word, string[] names) => Spelling.Nearest(word, names) is { } meant ? $" (did you mean '{meant}'?)" : "";
}
