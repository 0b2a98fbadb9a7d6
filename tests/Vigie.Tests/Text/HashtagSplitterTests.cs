using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class HashtagSplitterTests
{
    [Theory]
    [InlineData("#LostLuggageAgain", "Lost Luggage Again")]
    [InlineData("#worstairlineever", "worst airline ever")]
    [InlineData("#WORSTAIRLINEEVER", "WORST AIRLINE EVER")]
    [InlineData("#neverflyagain", "never fly again")]
    [InlineData("#neveragain", "never again")]
    [InlineData("#customerservice", "customer service")]
    [InlineData("#customerservicefail", "customer service fail")]
    [InlineData("#CustomerServiceFail", "Customer Service Fail")]
    [InlineData("#badcustomerservice", "bad customer service")]
    [InlineData("#lostbags", "lost bags")]
    [InlineData("#whereismybag", "where is my bag")]
    [InlineData("#wheresmybag", "wheres my bag")]
    [InlineData("#iwantmymoneyback", "i want my money back")]
    [InlineData("#giveusourmoneyback", "give us our money back")]
    [InlineData("#delayedflight", "delayed flight")]
    [InlineData("#flightdelayed", "flight delayed")]
    [InlineData("#cancelledflights", "cancelled flights")]
    [InlineData("#flightcancellations", "flight cancellations")]
    [InlineData("#stuckontarmac", "stuck on tarmac")]
    [InlineData("#nothappy", "not happy")]
    [InlineData("#notimpressed", "not impressed")]
    [InlineData("#thankyou", "thank you")]
    [InlineData("#bestcrewever", "best crew ever")]
    [InlineData("#lovethisairline", "love this airline")]
    [InlineData("#ilovemyjob", "i love my job")]
    [InlineData("#followfriday", "followfriday")]
    [InlineData("#musicmonday", "music monday")]
    [InlineData("#nowplaying", "nowplaying")]
    [InlineData("#epicfail", "epic fail")]
    [InlineData("#disappointed", "disappointed")]
    [InlineData("#firstworldproblems", "first world problems")]
    [InlineData("#shameonyou", "shame on you")]
    [InlineData("#getittogether", "get it together")]
    [InlineData("#rudestaff", "rude staff")]
    [InlineData("#missedmyconnection", "missed my connection")]
    [InlineData("#sittingonthefloor", "sitting on the floor")]
    [InlineData("#flight1234", "flight 1234")]
    [InlineData("#24hoursdelay", "24 hours delay")]
    [InlineData("#worst_airline_2015", "worst airline 2015")]
    [InlineData("#jetblue", "jetblue")]
    [InlineData("#JetBlue", "JetBlue")]
    [InlineData("#BAFail", "BA Fail")]
    [InlineData("#ryanairfail", "ryanair fail")]
    [InlineData("#norwegianfail", "norwegian fail")]
    [InlineData("#xyzzyplugh", "xyzzyplugh")]
    [InlineData("#a", "a")]
    [InlineData("#", "")]
    [InlineData("", "")]
    [InlineData("#__", "")]
    [InlineData("#東京", "東京")]
    public void English_hashtags_fall_into_their_words(string hashtag, string words) => Assert.Equal(words, Split(HashtagSplitter.English, hashtag));

    [Theory]
    [InlineData("#plusjamais", "plus jamais")]
    [InlineData("#PlusJamaisÇa", "Plus Jamais Ça")]
    [InlineData("#bagageperdu", "bagage perdu")]
    [InlineData("#volannulé", "vol annulé")]
    [InlineData("#volannule", "vol annule")]
    [InlineData("#remboursezmoi", "remboursez moi")]
    [InlineData("#merciairfrance", "merci air france")]
    [InlineData("#serviceclientnul", "service client nul")]
    [InlineData("#compagnieaérienne", "compagnie aérienne")]
    [InlineData("#honteàvous", "honte à vous")]
    [InlineData("#worstairlineever", "worst airline ever")]
    public void French_hashtags_fall_into_their_words(string hashtag, string words) => Assert.Equal(words, Split(HashtagSplitter.French, hashtag));

    [Theory]
    [InlineData("#worstairlineever", "worst airline ever")]
    [InlineData("#neverflyagain", "never fly again")]
    [InlineData("#wheresmybag", "wheres my bag")]
    [InlineData("#iwantmymoneyback", "i want my money back")]
    [InlineData("#giveusourmoneyback", "give us our money back")]
    [InlineData("#notimpressed", "not impressed")]
    [InlineData("#lovethisairline", "love this airline")]
    [InlineData("#sittingonthefloor", "sitting on the floor")]
    [InlineData("#cancelledflights", "cancelled flights")]
    [InlineData("#stuckontarmac", "stuck on tarmac")]
    [InlineData("#rudestaff", "rude staff")]
    [InlineData("#getittogether", "get it together")]
    [InlineData("#shameonyou", "shame on you")]
    [InlineData("#LostLuggageAgain", "Lost Luggage Again")]
    [InlineData("#ryanairfail", "ryanair fail")]
    [InlineData("#plusjamais", "plus jamais")]
    [InlineData("#PlusJamaisÇa", "Plus Jamais Ça")]
    [InlineData("#bagageperdu", "bagage perdu")]
    [InlineData("#volannulé", "vol annulé")]
    [InlineData("#volannule", "vol annule")]
    [InlineData("#remboursezmoi", "remboursez moi")]
    [InlineData("#serviceclientnul", "service client nul")]
    [InlineData("#compagnieaérienne", "compagnie aérienne")]
    [InlineData("#honteàvous", "honte à vous")]
    [InlineData("#jamaisplus", "jamais plus")]
    [InlineData("#mercibeaucoup", "merci beaucoup")]
    [InlineData("#jesuisencolère", "je suis en colère")]
    [InlineData("#merciairfrance", "merci air france")]
    [InlineData("#bagageslost", "bagages lost")]
    [InlineData("#worstcompagnie", "worst compagnie")]
    [InlineData("#thankyoumerci", "thank you merci")]
    [InlineData("#LostBagagesEncore2026", "Lost Bagages Encore 2026")]
    [InlineData("#xyzzyplugh", "xyzzyplugh")]
    [InlineData("#東京", "東京")]
    [InlineData("#", "")]
    public void Hashtags_of_either_language_and_of_both_fall_into_their_words(string hashtag, string words) => Assert.Equal(words, Split(HashtagSplitter.Both, hashtag));

    [Fact]
    public void Both_cuts_English_hashtags_as_English_does_and_French_ones_as_French_does()
    {
        foreach ((string method, HashtagSplitter splitter) in new[] { (nameof(English_hashtags_fall_into_their_words), HashtagSplitter.English), (nameof(French_hashtags_fall_into_their_words), HashtagSplitter.French) })
        {
            string[] hashtags = [.. typeof(HashtagSplitterTests).GetMethod(method)!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(row => (string)row.Data[0]!)];
            Assert.True(hashtags.Length > 10);
            Assert.Equal(hashtags.Select(hashtag => Split(splitter, hashtag)), hashtags.Select(hashtag => Split(HashtagSplitter.Both, hashtag)));
        }
    }

    [Theory]
    [InlineData("#हिन्दी", "हिन्दी")]
    [InlineData("#தமிழ்", "தமிழ்")]
    [InlineData("#Ⅻ", "Ⅻ")]
    [InlineData("#x²y", "x²y")]
    [InlineData("#flight½empty", "flight ½ empty")]
    [InlineData("#2\u0301lots", "2\u0301 lots")]
    public void What_the_tokenizer_takes_into_a_hashtag_is_kept(string hashtag, string words) => Assert.Equal(words, Split(HashtagSplitter.English, hashtag));

    [Fact]
    public void Every_letter_and_digit_comes_back_once_and_in_order()
    {
        const string letters = "abeilnorstuyAÉzçß9_😀e\u0301ﬁ²Ⅻ\u0940";
        var random = new Random(11);
        for (int i = 0; i < 2_000; i++)
        {
            string hashtag = new(random.GetItems<char>(letters, i % 200 == 0 ? 400 : random.Next(30)));
            string kept = string.Concat(hashtag.Where(c => c != '_'));
            Assert.All([HashtagSplitter.English, HashtagSplitter.Both], splitter => Assert.Equal(kept, Split(splitter, hashtag).Replace(" ", "", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Too_little_room_is_refused() =>
        Assert.Throws<ArgumentException>(() => HashtagSplitter.English.Split("#worstairlineever", new Range[2]));

    private static string Split(HashtagSplitter splitter, string hashtag)
    {
        var pieces = new Range[Math.Max(1, hashtag.Length)];
        int count = splitter.Split(hashtag, pieces);
        return string.Join(' ', pieces[..count].Select(piece => hashtag[piece]));
    }
}
