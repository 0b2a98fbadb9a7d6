using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class EnglishLemmatizerTests
{
    [Theory]
    // irregular verbs
    [InlineData("is be, are be, was be, were be, been be, being be, am be, has have, had have, having have, does do, did do, done do, doing do")]
    [InlineData("went go, gone go, goes go, going go, flew fly, flown fly, flies fly, flying fly, took take, taken take, taking take, came come, coming come")]
    [InlineData("said say, told tell, lost lose, losing lose, left leave, leaving leave, kept keep, paid pay, sat sit, sitting sit, stood stand, stuck stick")]
    [InlineData("bought buy, brought bring, caught catch, thought think, taught teach, sought seek, fought fight, felt feel, met meet, led lead, lit light, fed feed")]
    [InlineData("broke break, broken break, chose choose, chosen choose, drove drive, driven drive, ate eat, eaten eat, forgot forget, forgotten forget, froze freeze")]
    [InlineData("gave give, given give, grew grow, knew know, known know, rode ride, ran run, running run, saw see, seen see, seeing see, slept sleep, spoke speak")]
    [InlineData("stole steal, stolen steal, threw throw, thrown throw, woke wake, wore wear, worn wear, won win, winning win, wrote write, written write, writing write")]
    [InlineData("died die, dying die, dies die, lied lie, lying lie, tied tie, tying tie, overslept oversleep, overtook overtake, understood understand, panicking panic")]
    // regular verbs: doubled letters, silent e, y
    [InlineData("hoping hope, hoped hope, hopping hop, hopped hop, planning plan, planned plan, stopped stop, dropped drop, dragging drag, begging beg, shipped ship")]
    [InlineData("cancelled cancel, canceled cancel, cancelling cancel, travelled travel, traveling travel, travelling travel, controlled control, referred refer")]
    [InlineData("admitted admit, committed commit, preferred prefer, occurred occur, permitted permit, regretting regret, forgetting forget, beginning begin")]
    [InlineData("calling call, called call, falling fall, telling tell, passing pass, missed miss, missing miss, pissed piss, stressed stress, added add, stuffed stuff")]
    [InlineData("delayed delay, delaying delay, annoyed annoy, enjoyed enjoy, staying stay, cried cry, crying cry, tried try, trying try, worried worry, denied deny")]
    [InlineData("loved love, loving love, hated hate, hating hate, using use, used use, making make, waking wake, scared scare, staring stare, caring care, tired tire")]
    [InlineData("arrived arrive, arriving arrive, leaving leave, believed believe, received receive, changed change, charging charge, damaged damage, managed manage")]
    [InlineData("visiting visit, visited visit, editing edit, waiting wait, eating eat, treated treat, created create, updating update, related relate, repeated repeat")]
    [InlineData("confused confuse, closed close, raised raise, apologised apologise, apologized apologize, promised promise, increased increase, focusing focus")]
    [InlineData("handled handle, settled settle, struggling struggle, boarding board, boarded board, landing land, landed land, rebooked rebook, refunded refund")]
    [InlineData("breathing breathe, bathing bathe, agreed agree, freed free, agreeing agree, owed owe, owing owe, dyed dye, singed singe, singing sing, tweeting tweet")]
    [InlineData("misses miss, watches watch, washes wash, fixes fix, buzzes buzz, flies fly, tries try, goes go, uses use, closes close, loves love, makes make, says say")]
    // verbs that no list knows
    [InlineData("yeeting yeet, doxxed dox, vlogging vlog, glamping glamp, dogfooding dogfood, reshuffled reshuffle, unloving unlove, preboarding preboard")]
    // nouns
    [InlineData("flights flight, bags bag, airlines airline, planes plane, seats seat, delays delay, hours hour, companies company, batteries battery, families family")]
    [InlineData("mice mouse, men man, women woman, children child, feet foot, teeth tooth, geese goose, knives knife, wives wife, shelves shelf, thieves thief")]
    [InlineData("buses bus, viruses virus, bonuses bonus, lenses lens, boxes box, taxis taxi, menus menu, classes class, losses loss, glasses glasses, houses house")]
    [InlineData("movies movie, selfies selfie, cookies cookie, pies pie, ties tie, headaches headache, churches church, crashes crash, sizes size, quizzes quiz")]
    [InlineData("potatoes potato, heroes hero, shoes shoe, toes toe, criteria criterion, phenomena phenomenon, crises crisis, analyses analysis, cacti cactus")]
    [InlineData("ads ad, feelings feel, meetings meet, weddings wedding, mornings morning, airline's airline, airlines' airline, men's man, children's child, it's it")]
    // adjectives
    [InlineData("better good, best good, worse bad, worst bad, further far, nicer nice, nicest nice, bigger big, biggest big, happier happy, happiest happy, faster fast")]
    [InlineData("cheaper cheap, cheapest cheap, ruder rude, rudest rude, sadder sad, latest latest, later later, longest long, busiest busy, hottest hot, simpler simple")]
    // what only looks inflected
    [InlineData("news news, bus bus, this this, his his, always always, thus thus, gas gas, bias bias, series series, species species, business business, us us, is be")]
    [InlineData("luggage luggage, baggage baggage, morning morning, evening evening, nothing nothing, something something, during during, king king, thing thing")]
    [InlineData("wedding wedding, ceiling ceiling, red red, bed bed, need need, speed speed, indeed indeed, hundred hundred, naked naked, wicked wicked, unexpected unexpected")]
    [InlineData("water water, never never, number number, letter letter, customer customer, passenger passenger, stranger stranger, other other, over over, after after")]
    [InlineData("rest rest, test test, west west, guest guest, honest honest, request request, forest forest, interest interest, gorgeous gorgeous, serious serious")]
    [InlineData("thanks thanks, congratulations congratulations, clothes clothes, themselves themselves, less less, more more, most most, people people, data data")]
    [InlineData("not not, never never, don't don't, n't not, 'm be, 're be, 've have, 'll will, quickly quickly, ' ', 's 's, x x, 2nd 2nd, café café, cafés café")]
    public void A_word_is_mapped_to_its_base_form(string pairs) =>
        Assert.Equal(pairs, string.Join(", ", pairs.Split(", ").Select(pair => pair.Split(' ')[0]).Select(word => $"{word} {Lemma(word)}")));

    [Fact]
    public void The_exceptions_are_many_and_need_no_more_room_than_promised()
    {
        Assert.True(EnglishLemmatizer.Exceptions.Count > 1_000, $"{EnglishLemmatizer.Exceptions.Count} exceptions");
        Assert.All(EnglishLemmatizer.Exceptions, entry => Assert.True(entry.Value.Length <= entry.Key.Length + EnglishLemmatizer.Spare, entry.Key));
        Assert.All(EnglishLemmatizer.Exceptions, entry => Assert.Equal(entry.Value, Lemma(entry.Key)));
    }

    [Fact]
    public void Any_letters_in_any_number_give_a_lemma()
    {
        const string letters = "aeiouyéssdingtrelhbpm'z😀ß";
        var random = new Random(5);
        for (int i = 0; i < 50_000; i++)
        {
            string word = new(random.GetItems<char>(letters, i % 1000 == 0 ? 300 : random.Next(12)));
            Assert.InRange(Lemma(word).Length, Math.Min(1, word.Length), word.Length + EnglishLemmatizer.Spare);
        }
    }

    [Theory]
    [InlineData("a", "'s", "a")]
    [InlineData("flight", "'s", "flight")]
    [InlineData("airlines", "'s'", "airline")]
    public void Any_number_of_clitics_comes_off(string word, string clitic, string lemma)
    {
        Assert.Equal(lemma, Lemma(word + clitic));
        Assert.Equal(lemma, Lemma(word + string.Concat(Enumerable.Repeat(clitic, 200_000))));
    }

    [Fact]
    public void A_buffer_without_the_spare_room_is_refused_only_where_the_lemma_is_longer()
    {
        Assert.Equal(4, EnglishLemmatizer.Lemmatize("flights".ToCharArray().AsSpan()[..4], 4));
        Assert.Throws<ArgumentException>(() => EnglishLemmatizer.Lemmatize("lit".ToCharArray(), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => EnglishLemmatizer.Lemmatize("lit".ToCharArray(), 4));
    }

    private static string Lemma(string word)
    {
        char[] buffer = (word + "gs").ToCharArray();
        return new string(buffer, 0, EnglishLemmatizer.Lemmatize(buffer, word.Length));
    }
}
