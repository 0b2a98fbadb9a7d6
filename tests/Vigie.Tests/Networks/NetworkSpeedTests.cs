using System.Diagnostics;
using Vigie.Models;
using Vigie.Networks;

namespace Vigie.Tests.Networks;

public sealed class NetworkSpeedTests
{
    /// <summary>A bidirectional memory of 128 units over 100 dimensions, tweets of the usual lengths, one thread.</summary>
    [Fact(Explicit = true)]
    public void One_tweet_and_many()
    {
        var shape = new NetworkShape { Kind = NetworkKind.Bilstm, Dimension = 100, Units = 128, Pooling = Pooling.Max };
        string[] words = [.. Enumerable.Range(0, 30_000).Select(i => $"w{i}")];
        var vocabulary = new TokenVocabulary(new() { NegationScope = 0 }, words, 64);
        var model = new NetworkTextModel(vocabulary, SmallNetworks.Draw(shape, vocabulary.Rows));
        var random = new Xoshiro256(4);
        string[] texts = [.. Enumerable.Range(0, 4_000).Select(_ => string.Join(' ', Enumerable.Range(0, 4 + random.Next(24)).Select(_ => words[random.Next(words.Length)])))];
        TextScorer scorer = model.NewScorer();
        double[] score = new double[1];
        foreach (string text in texts.Take(500)) scorer.Score(text, score);
        double[] times = [.. texts.Select(text =>
        {
            long start = Stopwatch.GetTimestamp();
            scorer.Score(text, score);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Order()];
        var scores = new double[texts.Length];
        var evidence = new Evidence[texts.Length];
        model.Score(texts, scores, evidence, TestContext.Current.CancellationToken);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        model.Score(texts, scores, evidence, TestContext.Current.CancellationToken);
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"one tweet p50 {times[2_000]:0.000} ms, p95 {times[3_800]:0.000} ms; many {cpu / texts.Length:0.000} ms of processor time each; {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB at most");
        Assert.True(times[2_000] < 3 && cpu / texts.Length < 1, $"{times[2_000]} ms alone, {cpu / texts.Length} ms among others");
    }
}
