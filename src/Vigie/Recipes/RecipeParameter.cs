namespace Vigie.Recipes;

/// <summary>One hyperparameter of a recipe, set by name: <c>--set max_features=20000</c>. Values are written in the invariant culture.</summary>
/// <param name="Name">The name, as scikit-learn has it where it has one.</param>
/// <param name="Help">What it does and which values it takes.</param>
public sealed record RecipeParameter(string Name, string Help)
{
    private Func<Recipe, string?> Read { get; init; } = _ => null;

    private Func<Recipe, string, Recipe> Write { get; init; } = (recipe, _) => recipe;

    /// <summary>All parameters, in the order of the data's way through a recipe.</summary>
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        .. TextParameters.All,
        .. VectorizerParameters.All,
        .. LinearParameters.All,
        .. FastTextParameters.All,
        .. ForestParameters.All,
        .. NetworkParameters.All,
        .. EnsembleParameters.All,
        Of("calibration", "none, platt, isotonic, temperature", recipe => recipe.Calibration, (recipe, value) => recipe with { Calibration = value }, ParameterText.Named),
        Of("wanted_precision", "precision of the positive class that chooses the threshold, none for one half", recipe => recipe.WantedPrecision, (recipe, value) => recipe with { WantedPrecision = value }, ParameterText.RealOrNone),
    ];

    /// <summary>The parameters that have an effect in a recipe, with their values.</summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(Recipe recipe)
    {
        var values = new Dictionary<string, string>();
        foreach (RecipeParameter parameter in All)
        {
            if (parameter.Read(recipe) is string value) values[parameter.Name] = value;
        }
        return values;
    }

    /// <summary>The parameters that have an effect in a recipe: shortest character n-gram, say, only where there are character n-grams.</summary>
    public static IEnumerable<RecipeParameter> Of(Recipe recipe) => All.Where(parameter => parameter.Read(recipe) is not null);

    /// <summary>The recipe with one parameter changed.</summary>
    /// <param name="recipe">The recipe to change.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="value">Its value as text.</param>
    /// <exception cref="InvalidInputException">The recipe has no such parameter, or it does not take the value.</exception>
    public static Recipe Set(Recipe recipe, string name, string value) => Set(recipe, [(name, value)]);

    /// <summary>The recipe with several parameters changed. Their order does not matter, but that the last of one name counts.</summary>
    /// <param name="recipe">The recipe to change.</param>
    /// <param name="assignments">Names and values as text.</param>
    /// <exception cref="InvalidInputException">A parameter is unknown, does not take its value, or has no effect in the recipe that all of them make.</exception>
    public static Recipe Set(Recipe recipe, IReadOnlyList<(string Name, string Value)> assignments)
    {
        // One may give another its effect (char_max=3 char_min=2), so those without any are tried again as long as others change something.
        List<(string Name, string Value)> waiting = [.. assignments];
        for (int before = waiting.Count + 1; waiting.Count > 0 && waiting.Count < before;)
        {
            before = waiting.Count;
            waiting.RemoveAll(assignment =>
            {
                if (Of(recipe).FirstOrDefault(candidate => candidate.Name == assignment.Name) is not { } parameter) return false;
                recipe = parameter.Write(recipe, assignment.Value);
                return true;
            });
        }

        string[] names = [.. Of(recipe).Select(candidate => candidate.Name)];
        foreach ((string name, _) in assignments)
        {
            if (names.Contains(name)) continue;
            throw new InvalidInputException(
                $"recipe {recipe.Name} {(All.Any(known => known.Name == name) ? $"makes no use of the parameter '{name}' with these settings" : $"has no parameter '{name}'")}; it has {string.Join(", ", names)}");
        }
        return recipe;
    }

    /// <summary>A parameter of a recipe.</summary>
    internal static RecipeParameter Of<T>(string name, string help, Func<Recipe, T> read, Func<Recipe, T, Recipe> write, ParameterText.Parser<T> parser) => new(name, help)
    {
        Read = recipe => ParameterText.Spell(read(recipe)),
        Write = (recipe, text) => write(recipe, ParameterText.Parse(name, help, text, parser)),
    };

    /// <summary>What is known of the learners of one kind and cannot be set by name.</summary>
    internal static RecipeParameter Fixed<TLearner>(string name, string help, Func<TLearner, string?> read)
        where TLearner : TextLearner => new(name, help)
        {
            Read = recipe => recipe.Learner is TLearner learner ? read(learner) : null,
            Write = (recipe, _) => throw new InvalidInputException($"{name} of {recipe.Name} cannot be set by name ({help})"),
        };

    /// <summary>A parameter of the learners of one kind.</summary>
    /// <param name="name">As typed.</param>
    /// <param name="help">What it does and which values it takes.</param>
    /// <param name="read">The value in a learner.</param>
    /// <param name="write">The learner with another value.</param>
    /// <param name="parser">From text to value.</param>
    /// <param name="matters">Whether it has an effect in a learner; null for always.</param>
    internal static RecipeParameter Of<TLearner, T>(
        string name, string help, Func<TLearner, T> read, Func<TLearner, T, TLearner> write, ParameterText.Parser<T> parser, Func<TLearner, bool>? matters = null)
        where TLearner : TextLearner => new(name, help)
        {
            Read = recipe => recipe.Learner.Part<TLearner>() is { } learner && matters?.Invoke(learner) != false ? ParameterText.Spell(read(learner)) : null,
            Write = (recipe, text) => recipe with { Learner = recipe.Learner.With(write(recipe.Learner.Part<TLearner>()!, ParameterText.Parse(name, help, text, parser))) },
        };
}
