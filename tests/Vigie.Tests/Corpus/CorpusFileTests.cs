using System.IO.Compression;
using System.Text.Json;
using Vigie.Corpus;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Corpus;

public sealed class CorpusFileTests : IDisposable
{
    private static readonly CorpusOptions Options = new() { Rows = 3000, Seed = 5, NeutralShare = 0.2, Episodes = [new BuzzEpisode { Topic = "crew", Start = new CorpusOptions().Start.AddDays(2) }] };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tweets.csv")]
    [InlineData("tweets.jsonl.gz")]
    public void The_reader_finds_every_tweet_again(string name)
    {
        CorpusFile.Write(folder[name], Options);
        using TweetReader reader = TweetReader.Open(folder[name]);
        Tweet[] read = [.. reader];

        Assert.Equal(
            CorpusGenerator.Generate(Options).Select(tweet => tweet with { Split = TextHash.SplitOf(tweet.Text) }),
            read);
        Assert.Equal(0.1, read.Average(tweet => tweet.Split == Split.Test ? 1.0 : 0), 0.02);
    }

    [Fact]
    public void The_report_counts_what_was_written_and_keeps_the_options()
    {
        CorpusReport report = CorpusFile.Write(folder["tweets.csv"], Options);
        GeneratedTweet[] tweets = [.. CorpusGenerator.GenerateWithTruth(Options)];

        Assert.Equal(Options, report.Options);
        Assert.Equal((3000, report.Negative), (report.Negative + report.Neutral + report.Positive, tweets.Count(tweet => tweet.Tweet.Label == Sentiment.Negative)));
        Assert.Equal(
            (tweets.Count(tweet => tweet.Language == TweetLanguage.French), tweets.Count(tweet => tweet.Sarcastic), tweets.Count(tweet => tweet.Mislabelled), tweets.Count(tweet => tweet.Episode is not null)),
            (report.French, report.Sarcastic, report.Mislabelled, report.InEpisodes));
    }

    [Fact]
    public void The_truth_stands_in_a_file_of_its_own_in_the_same_order()
    {
        CorpusFile.Write(folder["tweets.csv"], Options, folder["truth.jsonl"]);
        GeneratedTweet[] tweets = [.. CorpusGenerator.GenerateWithTruth(Options)];
        JsonElement[] truths = [.. File.ReadLines(folder["truth.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];

        Assert.Equal(tweets.Select(tweet => tweet.Tweet.Id), truths.Select(truth => truth.GetProperty("id").GetString()));
        Assert.Equal(tweets.Select(tweet => tweet.Mislabelled), truths.Select(truth => truth.GetProperty("mislabelled").GetBoolean()));
        Assert.Equal(tweets.Select(tweet => tweet.Truth.ToString().ToLowerInvariant()), truths.Select(truth => truth.GetProperty("truth").GetString()));
        Assert.Contains(truths, truth => truth.GetProperty("episode").GetString() == "crew@2026-03-04T00:00:00+00:00");
    }

    [Fact]
    public void A_stopped_writing_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        var progress = new StopAt(1000, stop);

        Assert.Throws<OperationCanceledException>(() => CorpusFile.Write(folder["tweets.csv"], Options, folder["truth.jsonl"], progress, stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder["tweets.csv"])!));
    }

    [Fact]
    public void Wrong_options_write_nothing()
    {
        Assert.Throws<InvalidInputException>(() => CorpusFile.Write(folder["tweets.csv"], Options with { Balance = 3 }));
        Assert.False(File.Exists(folder["tweets.csv"]));
    }

    [Fact]
    public void The_shipped_corpus_is_what_the_generator_writes()
    {
        string shipped = Path.Combine(SharedData.Repository, "data", "airline-tweets.csv.gz");
        // The options of data/README.md.
        CorpusFile.Write(folder["again.csv"], new CorpusOptions { Rows = 12_000, Seed = 2026 });
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(shipped), CompressionMode.Decompress)) gzip.CopyTo(unpacked);

        // Unpacked bytes: packed ones may differ from one zlib to the next.
        Assert.True(
            File.ReadAllBytes(folder["again.csv"]).AsSpan().SequenceEqual(unpacked.GetBuffer().AsSpan(0, (int)unpacked.Length)),
            $"{shipped} is not what the generator writes now; 'vigie data generate --rows 12000 --seed 2026 --output data/airline-tweets.csv.gz' writes it again");
        Assert.InRange(new FileInfo(shipped).Length, 1, 1 << 20);
    }

    private sealed class StopAt(int rows, CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value >= rows) stop.Cancel();
        }
    }
}
