using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>Writes one tweet after the other: draws what is meant, finds the words, roughens them, signs and dates the result.</summary>
internal sealed class CorpusWriter
{
    // Shares in the normal stream; an episode starts higher and grows.
    private const double RetweetShare = 0.02, ReplyShare = 0.05;

    // Even a scandal has its defenders and its merely curious.
    private const double AngryShareOfEpisode = 0.92;

    private const long IdEpochMilliseconds = 1288834974657;

    private readonly CorpusOptions options;
    private readonly Xoshiro256 random;
    private readonly NoiseChain noise;
    private readonly Expansion[] expansions;
    private readonly Dictionary<BuzzEpisode, Scandal> scandals = new(ReferenceEqualityComparer.Instance);
    private readonly Echo normal = new(Sliding: true);
    private long lastId;

    public CorpusWriter(CorpusOptions options, Xoshiro256 random)
    {
        (this.options, this.random) = (options, random);
        noise = NoiseChain.Everyday(options.NoiseLevel);
        expansions = [.. Enum.GetValues<TweetLanguage>().Select(language => new Expansion(Grammar.Of(language), random))];
        foreach (BuzzEpisode episode in options.Episodes) scandals[episode] = BreakOut(episode);
    }

    public GeneratedTweet Next(DateTimeOffset at, BuzzEpisode? episode)
    {
        Echo echo = episode is null ? normal : scandals[episode].Echo;
        Spread spread = DrawSpread(at, episode, echo.Heard.Count > 0);
        Utterance said = spread == Spread.Retweet ? Repeat(echo) : Say(episode, spread);
        if (spread != Spread.Retweet) echo.Remember(said, random);
        bool mislabelled = random.Chance(options.WrongLabelShare);
        var tweet = new Tweet(NoiseChain.Publish(said.Text))
        {
            Id = NextId(at),
            Label = mislabelled ? WrongLabel(said.Truth) : said.Truth,
            // Seconds are what the publisher shows.
            CreatedAt = new DateTimeOffset(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, at.Offset),
            Author = said.Author,
        };
        return new GeneratedTweet(tweet, said.Topic, said.Language, said.Truth, said.Sarcastic, mislabelled, episode, spread);
    }

    // One thing happened, and everybody speaks of it: its incident and its hashtag are drawn once in each language.
    private Scandal BreakOut(BuzzEpisode episode)
    {
        int incident = random.Next(expansions.Min(expansion => Incidents(expansion).Length));
        return new Scandal(new Echo(Sliding: false), [.. expansions.Select(expansion =>
        {
            var chosen = new GrammarRule($"{episode.Topic}.incident of the episode") { Body = new Choice([Incidents(expansion)[incident]], [1]) };
            return (Fixed(expansion.Expand(chosen)), Fixed(expansion.Expand($"{episode.Topic}.tag")));
        })]);

        GrammarNode[] Incidents(Expansion expansion) => expansion.Grammar[$"{episode.Topic}.incident"].Body.Branches;
        static GrammarRule Fixed(string text) => new(text) { Body = new Choice([new Literal(text)], [1]) };
    }

    private Spread DrawSpread(DateTimeOffset at, BuzzEpisode? episode, bool somethingWasSaid)
    {
        double retweets = RetweetShare, replies = ReplyShare;
        if (episode is not null)
        {
            double spent = 1 - BuzzEpisode.HalfToThe((at - episode.Start) / episode.HalfLife);
            (retweets, replies) = (0.15 + 0.40 * spent, 0.10 + 0.20 * spent);
        }

        double drawn = random.NextDouble();
        if (drawn < retweets) return somethingWasSaid ? Spread.Retweet : Spread.Original;
        return drawn < retweets + replies ? Spread.Reply : Spread.Original;
    }

    private Utterance Repeat(Echo echo)
    {
        Utterance heard = echo.Pick(random);
        string repeated = $"RT @{heard.Author}: {heard.Text}";
        if (random.Chance(0.4))
        {
            string comment = Orthography.Capitalise(expansions[(int)heard.Language].Expand($"comment.{Name(heard.Truth)}"));
            repeated = $"{comment} {repeated}";
        }

        return heard with { Text = repeated, Author = Authors.Draw(heard.Language, random) };
    }

    private Utterance Say(BuzzEpisode? episode, Spread spread)
    {
        TweetLanguage language = random.Chance(options.FrenchShare) ? TweetLanguage.French : TweetLanguage.English;
        Expansion expansion = expansions[(int)language];
        Sentiment truth = episode is null || !random.Chance(AngryShareOfEpisode) ? DrawSentiment() : Sentiment.Negative;
        Grammar grammar = Grammar.Of(language);
        Topic topic = episode is null ? DrawTopic(grammar, truth) : grammar.Topics.First(candidate => candidate.Name == episode.Topic);
        bool sarcastic = truth == Sentiment.Negative && random.Chance(options.SarcasmShare);

        SetScene(expansion, grammar, topic, truth, sarcastic);
        if (episode is not null) (expansion["incident"], expansion["tag"]) = scandals[episode].Words[(int)language];
        string frame = sarcastic ? "frame.sarcastic" : episode is not null && truth == Sentiment.Negative ? "frame.buzz" : $"frame.{Name(truth)}";
        string text = noise.Roughen(Orthography.Capitalise(expansion.Expand(frame)), new TweetContext(expansion, language, topic, truth, sarcastic));
        if (episode is not null && random.Chance(0.6)) text = $"{text} {expansion.Expand("buzztag")}";
        if (spread == Spread.Reply) text = $"@{Authors.Draw(language, random)} {text}";
        return new Utterance(text, Authors.Draw(language, random), topic.Name, language, truth, sarcastic);
    }

    private void SetScene(Expansion expansion, Grammar grammar, Topic topic, Sentiment truth, bool sarcastic)
    {
        Sentiment opposite = truth == Sentiment.Negative ? Sentiment.Positive : Sentiment.Negative;
        Topic second = DrawTopic(grammar, truth), contrast = DrawTopic(grammar, opposite);
        expansion["situation"] = grammar[topic.Rule(sarcastic ? "sarcastic" : Name(truth))];
        expansion["also"] = grammar[(second == topic ? contrast : second).Rule(Name(truth))];
        expansion["contrast"] = grammar[contrast.Rule(Name(opposite))];
        expansion["subject"] = grammar[topic.Rule("subject")];
    }

    private Sentiment DrawSentiment()
    {
        if (random.Chance(options.NeutralShare)) return Sentiment.Neutral;
        return random.Chance(options.Balance) ? Sentiment.Positive : Sentiment.Negative;
    }

    private Topic DrawTopic(Grammar grammar, Sentiment truth)
    {
        int drawn = random.Next(grammar.TotalWeights[(int)truth]);
        foreach (Topic topic in grammar.Topics)
            if ((drawn -= topic.Weights[(int)truth]) < 0) return topic;
        throw new InvalidOperationException("the total of the topics' weights is not their sum");
    }

    private Sentiment WrongLabel(Sentiment truth)
    {
        Sentiment[] others = options.NeutralShare > 0
            ? [.. Enum.GetValues<Sentiment>().Where(label => label != truth)]
            : [truth == Sentiment.Negative ? Sentiment.Positive : Sentiment.Negative];
        return others[random.Next(others.Length)];
    }

    // The publisher's scheme: milliseconds since its epoch, then 22 bits that tell tweets of one millisecond apart.
    private string NextId(DateTimeOffset at)
    {
        long id = (at.ToUnixTimeMilliseconds() - IdEpochMilliseconds << 22) + random.Next(1 << 22);
        lastId = Math.Max(id, lastId + 1);
        return lastId.ToString(CultureInfo.InvariantCulture);
    }

    private static string Name(Sentiment sentiment) => sentiment switch
    {
        Sentiment.Negative => "negative",
        Sentiment.Neutral => "neutral",
        _ => "positive",
    };

    /// <summary>What somebody said, before it is escaped for publishing.</summary>
    private sealed record Utterance(string Text, string Author, string Topic, TweetLanguage Language, Sentiment Truth, bool Sarcastic);

    /// <summary>What an episode is about: its echo, and the words of its incident and hashtag in each language.</summary>
    private sealed record Scandal(Echo Echo, (GrammarRule Incident, GrammarRule Tag)[] Words);

    /// <summary>What can still be repeated: the last tweets of the normal stream, the first of an episode.</summary>
    private sealed record Echo(bool Sliding)
    {
        private const int Room = 200;

        public List<Utterance> Heard { get; } = [];

        public void Remember(Utterance said, Xoshiro256 random)
        {
            if (Heard.Count < Room) Heard.Add(said);
            else if (Sliding) Heard[random.Next(Room)] = said;
        }

        // Drawing twice favours the earliest: a few tweets of a scandal are repeated by everyone.
        public Utterance Pick(Xoshiro256 random) => Sliding ? Heard[random.Next(Heard.Count)] : Heard[random.Next(random.Next(Heard.Count) + 1)];
    }
}
