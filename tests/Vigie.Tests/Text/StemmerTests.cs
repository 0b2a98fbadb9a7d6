using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class StemmerTests
{
    private delegate int WordMap(Span<char> buffer, int length);

    [Theory]
    [InlineData("caresses caress, flies fli, dies die, ties tie, cries cri, gas gas, this this, gaps gap, kiwis kiwi, bus bus, kisses kiss")]
    [InlineData("agreed agre, feed feed, proceeds proceed, hoped hope, hopped hop, hoping hope, hopping hop, falling fall, egging egg, added add, luxuriated luxuri")]
    [InlineData("dying die, lying lie, inning inning, evening evening, evenings evening, herring herring, outing outing, conflated conflat, sized size")]
    [InlineData("happy happi, cry cri, by by, say say, enjoy enjoy, skies sky, sky sky, news news, early earli, only onli, gently gentl, yours your, young young")]
    [InlineData("relational relat, conditional condit, valency valenc, hesitancy hesit, digitizer digit, radically radic, differently differ, analogously analog")]
    [InlineData("vietnamization vietnam, operator oper, feudalism feudal, decisiveness decis, hopefulness hope, sensitivity sensit, sensibility sensibl")]
    [InlineData("generally general, generate generat, communism communism, arsenal arsenal, past past, paste paste, university universiti, universe univers, laterally lateral")]
    [InlineData("geologist geolog, geology geolog, triplicate triplic, formative format, electrical electr, goodness good, revival reviv, allowance allow")]
    [InlineData("adjustment adjust, replacement replac, adoption adopt, bowdlerize bowdler, probate probat, rate rate, controlling control, roll roll")]
    [InlineData("customer's custom, 'aa' aa, 's' s, ' ', '' '', déçus déçus, cafés café, cancelled cancel, luggage luggag, delayed delay, worst worst")]
    public void Porter2_stems_a_word(string pairs) => AssertPairs(pairs, EnglishStemmer.Stem);

    [Fact]
    public void Porter2_answers_every_line_of_the_published_vocabulary() =>
        AssertVocabulary("golden/porter2/english.tsv", 42_000, EnglishStemmer.Stem);

    [Theory]
    [InlineData("continu continu, continua continu, continuait continu, continuellement continuel, continuité continu, continuons continuon")]
    [InlineData("majestueusement majestu, majesté majest, majordome majordom, malade malad, maladive malad, maladresse maladress, malheureusement malheur")]
    [InlineData("d'accord accord, qu'il il, d' d', aujourd'hui aujourd'hui, l'avion avion, c'était était, naïve naïv, maïs maï, noël noël")]
    [InlineData("jouaient jou, appelle appel, annulé annul, annulation annul, annulées annul, retards retard, retardé retard, perdu perdu, perdues perdu")]
    [InlineData("remboursement rembours, remboursés rembours, bagages bagag, valise valis, hôtesse hôtess, vols vol, voler vol, voyageurs voyageur, chevaux cheval")]
    [InlineData("bijoux bijou, heureuse heureux, nerveuses nerveux, finissaient fin, choisissons chois, activité activ, compagnies compagn, amèrement amer")]
    [InlineData("constamment const, évidemment évident, mauvais mauvais, palais palais, maniaient mani, première premi, dernier derni, parisien parisien, élève élev, été été, '' '', a a")]
    public void French_stems_a_word(string pairs) => AssertPairs(pairs, FrenchStemmer.Stem);

    [Fact]
    public void French_answers_every_line_of_the_published_vocabulary() =>
        AssertVocabulary("golden/porter2/french.tsv", 21_000, FrenchStemmer.Stem);

    [Fact]
    public void Any_letters_in_any_number_give_a_stem_no_longer_than_themselves()
    {
        const string letters = "aeiouyéèêëïîçsstlnmrdbcqgv'zàY😀ß";
        var random = new Random(7);
        foreach (WordMap stem in new WordMap[] { EnglishStemmer.Stem, FrenchStemmer.Stem })
            for (int i = 0; i < 20_000; i++)
            {
                int length = i % 100 == 0 ? random.Next(400) : random.Next(12);
                char[] word = random.GetItems<char>(letters, length);
                Assert.InRange(stem(word, length), 0, length);
            }
    }

    [Fact]
    public void A_length_beyond_the_buffer_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EnglishStemmer.Stem(new char[3], 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrenchStemmer.Stem(new char[3], -1));
    }

    private static string Map(string word, WordMap map)
    {
        // Room beyond the word is filled with letters that no rule may read.
        char[] buffer = (word + "ings").ToCharArray();
        return new string(buffer, 0, map(buffer, word.Length));
    }

    private static void AssertPairs(string pairs, WordMap map) =>
        Assert.Equal(pairs, string.Join(", ", pairs.Split(", ").Select(pair => pair.Split(' ')[0]).Select(word => $"{word} {Map(word, map)}")));

    private static void AssertVocabulary(string file, int atLeast, WordMap map)
    {
        string[] lines = File.ReadAllLines(SharedData.Path(file));
        Assert.True(lines.Length > atLeast, $"{file} holds {lines.Length} lines only");
        string[] wrong = lines.Select(line => line.Split('\t')).Where(pair => Map(pair[0], map) != pair[1])
            .Select(pair => $"{pair[0]} {pair[1]} not {Map(pair[0], map)}").ToArray();
        Assert.True(wrong.Length == 0, $"{wrong.Length} stems differ: {string.Join(", ", wrong.Take(40))}");
    }
}
