using System.Globalization;

namespace Vigie.Tuning;

/// <summary>Draws points of a space, and lists those of a finite one.</summary>
internal static class SpacePoints
{
    private const int MostOfGrid = 1_000_000;

    /// <summary>Whether a dimension is there, given those before it.</summary>
    public static bool Holds(SearchDimension dimension, IReadOnlyDictionary<string, string> values) =>
        dimension.When.All(condition => values.TryGetValue(condition.Key, out string? value) && condition.Value.Contains(value));

    /// <summary>A point, each dimension drawn by itself.</summary>
    public static IReadOnlyDictionary<string, string> Draw(SearchSpace space, Func<SearchDimension, string> draw)
    {
        var values = new Dictionary<string, string>();
        foreach (SearchDimension dimension in space.Dimensions)
        {
            if (Holds(dimension, values)) values[dimension.Name] = draw(dimension);
        }
        return values;
    }

    /// <summary>A value of a domain, evenly (in the logarithm, where that is asked for).</summary>
    public static string Draw(SearchDomain domain, Xoshiro256 random) => domain switch
    {
        ChoiceDomain choices => choices.Values[random.Next(choices.Values.Count)],
        IntegerDomain { IsLogarithmic: true } whole => Spell(Math.Clamp((long)Math.Floor(Math.Exp(Between(Math.Log(whole.Low), Math.Log(whole.High + 1.0), random))), whole.Low, whole.High)),
        IntegerDomain whole => Spell(whole.Low + whole.Step * (long)Math.Min((whole.High - whole.Low) / whole.Step, Math.Floor(random.NextDouble() * ((whole.High - whole.Low) / whole.Step + 1)))),
        RealDomain { IsLogarithmic: true } real => Spell(Math.Clamp(Math.Exp(Between(Math.Log(real.Low), Math.Log(real.High), random)), real.Low, real.High)),
        RealDomain real => Spell(Between(real.Low, real.High, random)),
        _ => throw new ArgumentException(domain.GetType().Name, nameof(domain)),
    };

    /// <summary>All values of a finite domain.</summary>
    /// <exception cref="InvalidInputException">It has no end, or too many.</exception>
    public static IReadOnlyList<string> All(SearchDimension dimension) => dimension.Domain switch
    {
        ChoiceDomain choices => choices.Values,
        IntegerDomain { IsLogarithmic: false } whole when (whole.High - whole.Low) / whole.Step < MostOfGrid => [.. Enumerable.Range(0, (int)((whole.High - whole.Low) / whole.Step) + 1).Select(i => Spell(whole.Low + i * whole.Step))],
        _ => throw new InvalidInputException($"{dimension.Name} has a range, of which a grid cannot try every value; list the values to try, or search at random or by tpe"),
    };

    /// <summary>All points, the last dimension varying fastest.</summary>
    /// <exception cref="InvalidInputException">There is no end of them.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, string>> All(SearchSpace space)
    {
        var domains = space.Dimensions.ToDictionary(dimension => dimension, All);
        return From(0, new Dictionary<string, string>());

        IEnumerable<IReadOnlyDictionary<string, string>> From(int at, Dictionary<string, string> values)
        {
            if (at == space.Dimensions.Count) return [values];
            SearchDimension dimension = space.Dimensions[at];
            return Holds(dimension, values) ? domains[dimension].SelectMany(value => From(at + 1, new Dictionary<string, string>(values) { [dimension.Name] = value })) : From(at + 1, values);
        }
    }

    /// <summary>A point as one text, the same for the same values.</summary>
    public static string Key(IReadOnlyDictionary<string, string> values) => string.Join('\n', values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value}"));

    public static string Spell(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Six digits are enough for any hyperparameter, and can be read.
    public static string Spell(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);

    public static double Number(string value) => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double Between(double low, double high, Xoshiro256 random) => low + random.NextDouble() * (high - low);
}
