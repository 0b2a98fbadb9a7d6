using System.Globalization;
using Vigie.Features;
using Vigie.Models;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>One hyperparameter of a recipe, set by name: <c>--set max_features=20000</c>. Values are written in the invariant culture.</summary>
/// <param name="Name">The name, as scikit-learn has it where it has one.</param>
/// <param name="Help">What it does and which values it takes.</param>
public sealed record RecipeParameter(string Name, string Help)
{
    private delegate bool Parser<T>(string text, out T value);

    private Func<Recipe, string?> Read { get; init; } = _ => null;

    private Func<Recipe, string, Recipe> Write { get; init; } = (recipe, _) => recipe;

    /// <summary>All parameters, in the order of the data's way through a recipe.</summary>
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Text("tokens", "how text is cut: tweet, words, whitespace", text => text.Tokens, (text, value) => text with { Tokens = value }, Named),
        Text("html_entities", "decode &amp; and the like: true, false", text => text.HtmlEntities, (text, value) => text with { HtmlEntities = value }, bool.TryParse),
        Text("normalize", "Unicode normalisation form C: true, false", text => text.Normalize, (text, value) => text with { Normalize = value }, bool.TryParse),
        Text("lowercase", "fold case: true, false", text => text.Lowercase, (text, value) => text with { Lowercase = value }, bool.TryParse),
        Tweet("urls", "web addresses: keep, placeholder, drop", text => text.Urls, (text, value) => text with { Urls = value }, Named),
        Tweet("mentions", "@names: keep, placeholder, drop", text => text.Mentions, (text, value) => text with { Mentions = value }, Named),
        Tweet("numbers", "numbers: keep, placeholder, drop", text => text.Numbers, (text, value) => text with { Numbers = value }, Named),
        Tweet("hashtags", "#tags: keep, split, drop", text => text.Hashtags, (text, value) => text with { Hashtags = value }, Named),
        Tweet("punctuation", "keep punctuation as tokens: true, false", text => text.Punctuation, (text, value) => text with { Punctuation = value }, bool.TryParse),
        Tweet("emoticons", "keep emoticons and emoji as tokens: true, false", text => text.Emoticons, (text, value) => text with { Emoticons = value }, bool.TryParse),
        Text("max_run", "longest run of one letter, 0 for any", text => text.MaxRun, (text, value) => text with { MaxRun = value }, Whole),
        Text("negation_scope", "words marked after a negation, 0 for none", text => text.NegationScope, (text, value) => text with { NegationScope = value }, Whole),
        Text("stop_words", "function words to remove: none, english, french", text => text.StopWords, (text, value) => text with { StopWords = value }, Named),
        Text("form", "form of words: surface, stem, stem_french, lemma", text => text.Form, (text, value) => text with { Form = value }, Named),
        Grams("word_min", "shortest word n-gram", grams => grams.WordMin, (grams, value) => grams with { WordMin = value }, Whole, grams => grams.WordMax > 0),
        Grams("word_max", "longest word n-gram, 0 for none", grams => grams.WordMax, (grams, value) => grams with { WordMax = value }, Whole),
        Grams("skip_max", "most words left out between the two of a pair, 0 for no pairs", grams => grams.SkipMax, (grams, value) => grams with { SkipMax = value }, Whole),
        Grams("char_min", "shortest character n-gram", grams => grams.CharMin, (grams, value) => grams with { CharMin = value }, Whole, HasCharacters),
        Grams("char_max", "longest character n-gram, 0 for none", grams => grams.CharMax, (grams, value) => grams with { CharMax = value }, Whole),
        Grams("char_boundary", "where character n-grams lie: word, text", grams => grams.CharBoundary, (grams, value) => grams with { CharBoundary = value }, Named, HasCharacters),
        Vector("min_df", "fewest texts a feature must be in", vector => vector.MinDf, (vector, value) => vector with { MinDf = value }, Whole, HasVocabulary),
        Vector("max_df", "largest share of texts a feature may be in", vector => vector.MaxDf, (vector, value) => vector with { MaxDf = value }, Real, HasVocabulary),
        Vector("max_features", "most features, none for all", vector => vector.MaxFeatures, (vector, value) => vector with { MaxFeatures = value }, WholeOrNone, HasVocabulary),
        Vector("hash_bits", "bits of the hashed feature space, 10 to 28", vector => vector.HashBits ?? 0, (vector, value) => vector with { HashBits = value }, Whole, vector => !HasVocabulary(vector)),
        Vector("binary", "presence instead of counts: true, false", vector => vector.Binary, (vector, value) => vector with { Binary = value }, bool.TryParse),
        Vector("sublinear_tf", "1 + ln(count) instead of the count: true, false", vector => vector.SublinearTf, (vector, value) => vector with { SublinearTf = value }, bool.TryParse, vector => !vector.Binary),
        Vector("weighting", "value of a feature: count, idf, naive_bayes", vector => vector.Weighting, (vector, value) => vector with { Weighting = value }, Named, HasVocabulary),
        Vector("l2", "scale vectors to length 1: true, false", vector => vector.L2, (vector, value) => vector with { L2 = value }, bool.TryParse),
        Bayes("nb_alpha", "added to the counts of naive-Bayes weights", bayes => bayes.Alpha, (bayes, value) => bayes with { Alpha = value }),
        Bayes("nb_power", "exponent of naive-Bayes weights", bayes => bayes.Power, (bayes, value) => bayes with { Power = value }),
        Bayes("nb_floor", "least naive-Bayes weight", bayes => bayes.Floor, (bayes, value) => bayes with { Floor = value }),
        Bayes("char_scale", "weight of character n-grams beside words", bayes => bayes.CharScale, (bayes, value) => bayes with { CharScale = value }, vector => HasCharacters(vector.Ngrams)),
        Model<LogisticRegression, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<LogisticRegression, Penalty>("penalty", "l2, l1", model => model.Penalty, (model, value) => model with { Penalty = value }, Named),
        Model<LogisticRegression, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<LogisticRegression, int>("max_iterations", "most iterations", model => model.MaxIterations, (model, value) => model with { MaxIterations = value }, Whole),
        Model<LinearSvc, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<LinearSvc, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<LinearSvc, int>("max_iterations", "most iterations", model => model.MaxIterations, (model, value) => model with { MaxIterations = value }, Whole),
        Model<NaiveBayes, NaiveBayesKind>("kind", "multinomial, complement, bernoulli (set binary=true weighting=count l2=false with it)", model => model.Kind, (model, value) => model with { Kind = value }, Named),
        Model<NaiveBayes, double>("alpha", "added to every count", model => model.Alpha, (model, value) => model with { Alpha = value }, Real),
        Model<DualLogisticRegression, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<DualLogisticRegression, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<DualLogisticRegression, int>("epochs", "passes over the texts", model => model.Epochs, (model, value) => model with { Epochs = value }, Whole),
        new("learning_rate", "step length before it falls")
        {
            Read = recipe => recipe.Online is { } online ? Spell(online.LearningRate) : null,
            Write = (recipe, text) => recipe with { Online = recipe.Online! with { LearningRate = Parse("learning_rate", "step length before it falls", text, (Parser<double>)Real) } },
        },
        Of("calibration", "none, platt, isotonic, temperature", recipe => recipe.Calibration, (recipe, value) => recipe with { Calibration = value }, Named),
        Of("wanted_precision", "precision of the positive class that chooses the threshold, none for one half", recipe => recipe.WantedPrecision, (recipe, value) => recipe with { WantedPrecision = value }, RealOrNone),
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

    private static bool HasVocabulary(NgramVectorizer vector) => vector.HashBits is null;

    private static bool HasCharacters(Ngrams grams) => grams.CharMax > 0;

    private static RecipeParameter Of<T>(string name, string help, Func<Recipe, T> read, Func<Recipe, T, Recipe> write, Parser<T> parser, Func<Recipe, bool>? matters = null) => new(name, help)
    {
        Read = recipe => matters?.Invoke(recipe) == false ? null : Spell(read(recipe)),
        Write = (recipe, text) => write(recipe, Parse(name, help, text, parser)),
    };

    private static RecipeParameter Vector<T>(string name, string help, Func<NgramVectorizer, T> read, Func<NgramVectorizer, T, NgramVectorizer> write, Parser<T> parser, Func<NgramVectorizer, bool>? matters = null) =>
        Of(name, help, recipe => read(recipe.Vectorizer), (recipe, value) => recipe with { Vectorizer = write(recipe.Vectorizer, value) }, parser, matters is null ? null : recipe => matters(recipe.Vectorizer));

    private static RecipeParameter Text<T>(string name, string help, Func<TextPipeline, T> read, Func<TextPipeline, T, TextPipeline> write, Parser<T> parser, Func<TextPipeline, bool>? matters = null) =>
        Vector(name, help, vector => read(vector.Text), (vector, value) => vector with { Text = write(vector.Text, value) }, parser, matters is null ? null : vector => matters(vector.Text));

    // Other ways of cutting do not know what a URL or an emoticon is.
    private static RecipeParameter Tweet<T>(string name, string help, Func<TextPipeline, T> read, Func<TextPipeline, T, TextPipeline> write, Parser<T> parser) =>
        Text(name, help, read, write, parser, text => text.Tokens == TokenPattern.Tweet);

    private static RecipeParameter Grams<T>(string name, string help, Func<Ngrams, T> read, Func<Ngrams, T, Ngrams> write, Parser<T> parser, Func<Ngrams, bool>? matters = null) =>
        Vector(name, help, vector => read(vector.Ngrams), (vector, value) => vector with { Ngrams = write(vector.Ngrams, value) }, parser, matters is null ? null : vector => matters(vector.Ngrams));

    private static RecipeParameter Bayes(
        string name, string help, Func<NaiveBayesWeights, double> read, Func<NaiveBayesWeights, double, NaiveBayesWeights> write, Func<NgramVectorizer, bool>? matters = null) =>
        Vector(
            name, help, vector => read(vector.NaiveBayes), (vector, value) => vector with { NaiveBayes = write(vector.NaiveBayes, value) }, (Parser<double>)Real,
            vector => vector.Weighting == Weighting.NaiveBayes && matters?.Invoke(vector) != false);

    private static RecipeParameter Model<TModel, T>(string name, string help, Func<TModel, T> read, Func<TModel, T, TModel> write, Parser<T> parser)
        where TModel : class, ILinearEstimator => new(name, help)
        {
            Read = recipe => recipe.Estimator is TModel model ? Spell(read(model)) : null,
            Write = (recipe, text) => recipe with { Estimator = write((TModel)recipe.Estimator!, Parse(name, help, text, parser)) },
        };

    private static T Parse<T>(string name, string help, string text, Parser<T> parser) =>
        parser(text, out T value) ? value : throw new InvalidInputException($"{name}={text}: not a value of {name} ({help})");

    // C# names to snake case: StemFrench is stem_french.
    private static string Spell<T>(T value) => value switch
    {
        null => "none",
        Enum name => string.Concat(name.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static bool Named<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (Spell(candidate) != text) continue;
            value = candidate;
            return true;
        }
        value = default;
        return false;
    }

    private static bool Whole(string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= 0;

    private static bool Real(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool WholeOrNone(string text, out int? value)
    {
        value = Whole(text, out int number) ? number : null;
        return value is not null || text == "none";
    }

    private static bool RealOrNone(string text, out double? value)
    {
        value = Real(text, out double number) ? number : null;
        return value is not null || text == "none";
    }
}
