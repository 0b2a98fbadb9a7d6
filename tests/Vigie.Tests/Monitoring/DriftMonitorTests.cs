using System.Text;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Monitoring;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Monitoring;

public sealed class DriftMonitorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly TrainingProfile Profile = new RehearsedTweets(1).Profile(5_000) with
    {
        DecisionMix = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["negative"] = 0.4, ["positive"] = 0.6 },
    };

    private static DriftMonitor New(DriftOptions? options = null, TrainingProfile? profile = null) => new(TextPipeline.ScikitLearn, profile ?? Profile, options);

    private static DriftReading Of(DriftLook look, DriftSignal signal) => look.Readings.Single(reading => reading.Signal == signal);

    // A tweet a minute.
    private static DateTimeOffset Feed(DriftMonitor monitor, int tweets, DriftShift shift, DateTimeOffset from, ulong seed = 2)
    {
        var made = new RehearsedTweets(seed);
        for (int i = 0; i < tweets; i++, from += TimeSpan.FromMinutes(1))
        {
            RehearsedTweet tweet = made.Next(shift, 0);
            monitor.Add(tweet.At(from) with { Id = $"id-{seed}-{i}" }, tweet.Tokens, tweet.Characters, made.Words);
        }

        return from;
    }

    [Theory]
    [InlineData(18, DriftSeverity.Notice)] // 90 % against 60 %
    [InlineData(13, DriftSeverity.None)] // 65 %
    public void The_last_twenty_predictions_are_looked_at(int positive, DriftSeverity expected)
    {
        DriftMonitor monitor = New();
        for (int i = 0; i < 20; i++)
            monitor.Add(new DriftObservation { At = Start.AddMinutes(i), Label = i < positive ? Sentiment.Positive : Sentiment.Negative, Confidence = 0.8, UnknownShare = 0, Text = $"text {i}", Id = $"{i}" });
        DriftReading reading = Of(monitor.Look(Start.AddMinutes(20)), DriftSignal.ClassMix);

        Assert.Equal((expected, positive / 20.0, 0.6, 20L), (reading.Severity, reading.Figure!.Value, reading.Reference!.Value, reading.Tweets));
        Golden.Near(positive == 18 ? 0.005222996702585159 : 0.8202942122453107, reading.P);
        Assert.Null(reading.Since); // one look is no proof
        if (expected == DriftSeverity.Notice) Assert.Equal(["17", "16", "15", "14", "13"], reading.Examples.Select(example => example.Id));
    }

    [Fact]
    public void An_alarm_comes_with_a_change_and_goes_with_it()
    {
        DriftMonitor monitor = New();
        DateTimeOffset change = Feed(monitor, 1_000, DriftShift.None, Start);
        Assert.False(monitor.Watch(change));
        DateTimeOffset at = Feed(monitor, 150, new DriftShift { Positive = 0.3 }, change, seed: 3);
        DriftLook look = monitor.Look(at);
        DriftReading alarm = Assert.Single(look.Alarms);

        Assert.Equal((DriftSignal.ClassMix, DriftSeverity.Critical, at, change), (alarm.Signal, alarm.Severity, alarm.Since!.Value, alarm.Began!.Value));
        Assert.True(alarm is { Evidence: >= 1, Figure: > 0.75, Limit: > 0.6 and < 0.68 });
        Assert.Contains("positive: ", alarm.Says, StringComparison.Ordinal);
        Assert.EndsWith("; proven", alarm.Says, StringComparison.Ordinal);
        at = Feed(monitor, 3_000, DriftShift.None, at, seed: 4);
        Assert.Empty(monitor.Look(at).Alarms);
        at = Feed(monitor, 200, new DriftShift { Positive = -0.3 }, at, seed: 5);
        Assert.Equal(at, Of(monitor.Look(at), DriftSignal.ClassMix).Since); // and the next one is a new one
    }

    [Theory]
    [InlineData(DriftSignal.Tokens, 1.5, 0, 0, 0)]
    [InlineData(DriftSignal.Characters, 1.5, 0, 0, 0)]
    [InlineData(DriftSignal.Confidence, 1, 0.4, 0, 0)]
    [InlineData(DriftSignal.UnknownWords, 1, 0, 0.1, 0)]
    [InlineData(DriftSignal.RisingWords, 1, 0, 0, 0.3)]
    public void Each_signal_sees_what_it_is_for(DriftSignal signal, double length, double unsure, double unknown, double newWord)
    {
        DriftMonitor monitor = New();
        DateTimeOffset at = Feed(monitor, 300, DriftShift.None, Start);
        at = Feed(monitor, 300, new DriftShift { Length = length, Unsure = unsure, Unknown = unknown, NewWord = newWord }, at, seed: 3);
        DriftReading[] alarms = [.. monitor.Look(at).Alarms];

        Assert.Contains(alarms, alarm => alarm.Signal == signal && alarm.Since == at);
        Assert.DoesNotContain(alarms, alarm => alarm.Signal == DriftSignal.ClassMix);
    }

    [Fact]
    public void Another_topic_is_seen_after_a_day()
    {
        DriftMonitor monitor = New();
        DateTimeOffset at = Feed(monitor, 24 * 60, new DriftShift { OtherTopic = 0.9 }, Start);
        Assert.Equal(DriftSeverity.None, Of(monitor.Look(at - TimeSpan.FromMinutes(2)), DriftSignal.Embedding).Severity);
        DriftReading alarm = Of(monitor.Look(at), DriftSignal.Embedding);

        Assert.Equal((DriftSeverity.Warning, at), (alarm.Severity, alarm.Since!.Value));
        Assert.True(alarm.Evidence >= 1 && alarm.P < 0.001);
    }

    [Fact]
    public void Looking_changes_nothing_that_is_found()
    {
        DriftMonitor often = New(), once = New();
        var made = new RehearsedTweets(6);
        DateTimeOffset at = Start;
        for (int i = 0; i < 400; i++, at += TimeSpan.FromMinutes(1))
        {
            RehearsedTweet tweet = made.Next(new DriftShift { Positive = 0.05 }, 0);
            foreach (DriftMonitor monitor in new[] { often, once }) monitor.Add(tweet.At(at), tweet.Tokens, tweet.Characters, made.Words);
            often.Look(at);
        }

        foreach (DriftSignal signal in new[] { DriftSignal.ClassMix, DriftSignal.Tokens, DriftSignal.Confidence }) Assert.Equal(Of(once.Look(at), signal).Evidence, Of(often.Look(at), signal).Evidence);
    }

    [Fact]
    public void A_restart_forgets_nothing()
    {
        DriftMonitor whole = New(), before = New();
        var shift = new DriftShift { Positive = 0.3, NewWord = 0.3, OtherTopic = 0.5 };
        foreach (DriftMonitor monitor in new[] { whole, before })
        {
            Feed(monitor, 2_500, shift, Start);
            monitor.Look(Start.AddDays(1.8));
        }

        byte[] state = before.Save();
        var after = DriftMonitor.Restore(TextPipeline.ScikitLearn, Profile, null, state);
        Assert.Equal(Encoding.UTF8.GetString(state), Encoding.UTF8.GetString(after.Save()));
        foreach (DriftMonitor monitor in new[] { whole, after }) Feed(monitor, 700, DriftShift.None, Start.AddDays(1.9), seed: 8);
        DriftLook expected = whole.Look(Start.AddDays(3)), found = after.Look(Start.AddDays(3));

        Assert.Equal(Encoding.UTF8.GetString(whole.Save()), Encoding.UTF8.GetString(after.Save()));
        Assert.Equal(expected.Readings.Select(reading => (reading.Signal, reading.Severity, reading.Evidence, reading.Since, reading.Figure)), found.Readings.Select(reading => (reading.Signal, reading.Severity, reading.Evidence, reading.Since, reading.Figure)));
        Assert.Contains(expected.Alarms, alarm => alarm.Signal == DriftSignal.ClassMix);
    }

    [Fact]
    public void A_state_of_something_else_is_refused()
    {
        DriftMonitor monitor = New();
        Feed(monitor, 50, DriftShift.None, Start);
        string state = Encoding.UTF8.GetString(monitor.Save());
        void Refused(string text, string says, DriftOptions? options = null) =>
            Assert.Contains(says, Assert.Throws<InvalidInputException>(() => DriftMonitor.Restore(TextPipeline.ScikitLearn, Profile, options, Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

        Refused(state, "another model or other settings", new DriftOptions { ClassTolerance = 0.05 });
        Refused(state[..^20], "drift state: ");
        Refused(state.Replace("\"format\":1", "\"format\":9", StringComparison.Ordinal), "format 9");
        Refused(state.Replace("\"word_counts\":[", "\"word_counts\":[70,", StringComparison.Ordinal), "do not fit together");
        Refused(state.Replace("\"worth\":[", "\"worth\":[-1,", StringComparison.Ordinal), "a bet that is no number");
        Refused("null", "null");
    }

    [Fact]
    public void What_is_forgotten_is_nowhere_any_more()
    {
        DriftMonitor monitor = New();
        string[] texts = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 300, Seed = 5, FrenchShare = 0 }).Select(tweet => $"{tweet.Text} quetzalcoatl")];
        for (int i = 0; i < texts.Length; i++)
            monitor.Add(new DriftObservation { At = Start.AddMinutes(i), Label = Sentiment.Positive, Confidence = 0.9, UnknownShare = 1, Text = texts[i], Id = $"tweet-{i:000}" });
        RisingWord word = Of(monitor.Look(Start.AddMinutes(300)), DriftSignal.RisingWords).Words.Single(word => word.Word == "quetzalcoatl");

        Assert.Equal((200L, 1.0, true), (word.Texts, word.Share, word.IsNew));
        Assert.Equal(["tweet-299", "tweet-298", "tweet-297"], word.Examples.Select(example => example.Id));
        Assert.Equal(texts[299], word.Examples[0].Text);
        Assert.DoesNotContain("wifi", Encoding.UTF8.GetString(monitor.Save()), StringComparison.Ordinal);
        Assert.True(monitor.Forget("tweet-299"));
        Assert.False(monitor.Forget("tweet-299"));
        Assert.DoesNotContain("tweet-299", Encoding.UTF8.GetString(monitor.Save()), StringComparison.Ordinal);
        Assert.DoesNotContain(monitor.Look(Start.AddMinutes(301)).Readings, reading => reading.Examples.Concat(reading.Words.SelectMany(own => own.Examples)).Any(example => example.Text == texts[299] || example.Id == "tweet-299"));
        for (int i = 0; i < 2_500; i++) monitor.Add(new DriftObservation { At = Start.AddMinutes(301 + i), Label = Sentiment.Positive, Confidence = 0.9, UnknownShare = 0, Text = "w1 w2", Id = null });
        Assert.DoesNotContain(Of(monitor.Look(Start.AddDays(3)), DriftSignal.RisingWords).Words, word => word.Word == "quetzalcoatl"); // counted down to nothing, and gone
    }

    [Fact]
    public void A_clock_that_jumps_does_no_harm()
    {
        DriftMonitor monitor = New();
        DateTimeOffset at = Feed(monitor, 500, DriftShift.None, Start);
        Feed(monitor, 500, DriftShift.None, at.AddDays(2), seed: 3);
        at = Feed(monitor, 500, DriftShift.None, at, seed: 4); // two days on and back
        Assert.Empty(monitor.Look(at).Alarms);
        at = Feed(monitor, 200, new DriftShift { Positive = 0.3 }, at, seed: 5);
        Assert.Equal(DriftSignal.ClassMix, Assert.Single(monitor.Look(at).Alarms).Signal);
        DriftMonitor quiet = New();
        DateTimeOffset then = Feed(quiet, 500, DriftShift.None, Start);
        Feed(quiet, 1, DriftShift.None, then.AddYears(70)); // and seventy years on, for a moment
        Assert.Empty(quiet.Look(then.AddYears(70)).Alarms);
        monitor.Look(at.AddYears(70));
        monitor.Look(at);
        at = Feed(monitor, 24 * 60, new DriftShift { OtherTopic = 0.9 }, at, seed: 7);
        Assert.NotNull(Of(monitor.Look(at), DriftSignal.Embedding).Since);
    }

    [Fact]
    public void What_cannot_be_watched_is_said()
    {
        DriftMonitor monitor = New(profile: Profile with { ValidationTexts = 0, Sketches = null, TopWords = new Dictionary<string, double>() });
        DateTimeOffset at = Feed(monitor, 100, new DriftShift { Positive = 0.4 }, Start);
        DriftLook look = monitor.Look(at);

        Assert.Equal([DriftSignal.ClassMix, DriftSignal.UnknownWords, DriftSignal.RisingWords, DriftSignal.Embedding], look.Readings.Where(reading => reading.Says.StartsWith("not watched: ", StringComparison.Ordinal)).Select(reading => reading.Signal));
        Assert.Empty(look.Alarms);
        Assert.All(New().Look(Start).Readings, reading => Assert.Equal(DriftSeverity.None, reading.Severity)); // nor is nothing anything
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        DriftMonitor monitor = New();
        var right = new DriftObservation { At = Start, Label = Sentiment.Positive, Confidence = 0.9, UnknownShare = 0, Text = "text" };
        Assert.Throws<InvalidInputException>(() => monitor.Add(right with { Label = Sentiment.Neutral }));
        Assert.Throws<InvalidInputException>(() => monitor.Add(right with { Confidence = double.NaN }));
        Assert.Throws<InvalidInputException>(() => monitor.Add(right with { UnknownShare = 1.1 }));
        Assert.Equal(0, monitor.Tweets);
        Assert.Contains("drift.notice_level 0", Assert.Throws<InvalidInputException>(() => New(new DriftOptions { NoticeLevel = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("sketches", Assert.Throws<InvalidInputException>(() => New(profile: Profile with { Sketches = "AAAA" })).Message, StringComparison.Ordinal);
    }
}
