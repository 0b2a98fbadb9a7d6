using System.Globalization;

namespace Vigie.Corpus;

/// <summary>Who writes: a few accounts tweet much, most once. The activity falls as 1 / rank (Zipf), as in real streams.</summary>
internal static class Authors
{
    // Accounts per language. Each doubling of the rank holds an equal share of the tweets, which is Zipf's law with exponent 1.
    private const int Octaves = 17;

    private static readonly string[] English = ["emma", "jack", "olivia", "harry", "amelia", "george", "isla", "noah", "ava", "leo", "mia", "oscar", "grace", "archie", "lily", "henry", "freya", "theo", "ella", "max", "sophie", "sam", "katie", "dan", "becky", "tom", "hannah", "ryan", "megan", "luke"];

    private static readonly string[] French = ["lea", "hugo", "manon", "lucas", "chloe", "nathan", "camille", "theo", "ines", "mathis", "sarah", "enzo", "julie", "louis", "clara", "jules", "marion", "axel", "pauline", "kevin", "amandine", "antoine", "laure", "bastien", "elodie", "romain", "fanny", "quentin", "oceane", "yann"];

    private static readonly string[] EnglishTails = ["_x", "writes", "onair", "smith", "_uk", "travels", "jones", "90s", "says", "the1st", "_ldn", "abroad", "brown", "codes", "_irl", "runs", "patel", "eats", "_nyc", "murphy"];

    private static readonly string[] FrenchTails = ["_off", "voyage", "dupont", "_75", "officiel", "martin", "_lyon", "petit", "en_vol", "_fr", "bernard", "le_vrai", "moreau", "_sud", "blabla", "roux", "_bzh", "leroy", "_mrs", "garnier"];

    public static string Draw(TweetLanguage language, Xoshiro256 random)
    {
        int octave = random.Next(Octaves);
        return Name(language, (1 << octave) - 1 + random.Next(1 << octave));
    }

    /// <summary>The account name of a rank, no two alike within a language: a name, a tail, and a number once these are used up.</summary>
    internal static string Name(TweetLanguage language, int rank)
    {
        (string[] names, string[] tails) = language == TweetLanguage.French ? (French, FrenchTails) : (English, EnglishTails);
        // 7 is prime to the number of pairs, so it walks through all of them without keeping neighbours alike.
        int pairs = names.Length * tails.Length;
        int pair = rank % pairs * 7 % pairs;
        int lap = rank / pairs;
        string number = lap == 0 ? "" : lap.ToString(CultureInfo.InvariantCulture);
        return names[pair % names.Length] + tails[pair / names.Length] + number;
    }
}
