using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>What only the writer knows of a tweet: the truth behind the label, for tests of the models and of the lookout.</summary>
/// <param name="Tweet">The tweet as published, label included.</param>
/// <param name="Topic">What it is about, one of <see cref="CorpusGenerator.Topics"/>.</param>
/// <param name="Language">The language it is written in.</param>
/// <param name="Truth">The sentiment that was meant. The label differs where <paramref name="Mislabelled"/>.</param>
/// <param name="Sarcastic">Mocks in the words of praise.</param>
/// <param name="Mislabelled">The label was drawn from the wrong classes.</param>
/// <param name="Episode">The burst that brought it, or null in the normal stream.</param>
/// <param name="Spread">Whether it repeats or answers another tweet.</param>
public sealed record GeneratedTweet(Tweet Tweet, string Topic, TweetLanguage Language, Sentiment Truth, bool Sarcastic, bool Mislabelled, BuzzEpisode? Episode, Spread Spread);

/// <summary>How a tweet stands to the others.</summary>
public enum Spread : byte
{
    /// <summary>Said for the first time.</summary>
    Original,

    /// <summary>Repeats another tweet, with or without a word of comment.</summary>
    Retweet,

    /// <summary>Answers another account.</summary>
    Reply,
}
