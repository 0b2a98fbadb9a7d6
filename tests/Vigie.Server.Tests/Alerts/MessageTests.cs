using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Server.Tests;

/// <summary>What messages say, and what strangers' texts cannot do in them.</summary>
public sealed partial class MessageTests
{
    private static readonly Readers Links = new("https://vigie.example.org/", null, TimeZoneInfo.Utc);

    [Fact]
    public void A_message_reads_like_this() => Assert.Equal(
        """
        An alert has begun.

        Critical: wrong-reports
        -----------------------
        3 tweets were reported wrong within 5 minutes; the limit is 3

          Model:  sentiment version 7
          Since:  2026-11-24 10:02 UTC, for 4 minutes
          Events: 3
          Alert:  17

        Tweets:
          > Three hours on the tarmac & still no word. Thanks a lot ✈️😡
            rated positive, should be negative; 2026-11-24 10:02 UTC
          > (erased, or not kept)
            rated positive, should be negative; 2026-11-24 10:01 UTC
          > ⁨טיסה מצוינת, but my luggage is in Oslo⁩
            rated positive, should be negative; 2026-11-24 10:00 UTC

        Words they share: tarmac, luggage

        What to do:     https://vigie.example.org/runbooks/wrong-reports
        To take it on:  POST https://vigie.example.org/alerts/17/acknowledge

        Vigie: https://vigie.example.org

        """.ReplaceLineEndings("\n"),
        PlainText.Of(NoticeText.Of(TestNotices.Notice(), Links)));

    [Theory]
    [InlineData(NoticeKind.Opened, 1, 0, "[Vigie] Critical: 3 tweets were reported wrong within 5 minutes; the limit is 3")]
    [InlineData(NoticeKind.Opened, 2, 1200, "[Vigie] Critical, 1,202 alerts: 3 tweets were reported wrong within 5 minutes; the limit is 3")]
    [InlineData(NoticeKind.Repeated, 1, 0, "[Vigie] Still critical: 3 tweets were reported wrong within 5 minutes; the limit is 3")]
    [InlineData(NoticeKind.Escalated, 1, 0, "[Vigie] Escalated, critical: 3 tweets were reported wrong within 5 minutes; the limit is 3")]
    [InlineData(NoticeKind.Resolved, 1, 0, "[Vigie] Resolved: 3 tweets were reported wrong within 5 minutes; the limit is 3")]
    internal void A_subject_says_why(NoticeKind kind, int alerts, int more, string subject) => Assert.Equal(
        subject, NoticeText.Of(TestNotices.Notice(kind: kind, alerts: [.. Enumerable.Range(0, alerts).Select(i => TestNotices.Alert($"{i}"))]) with { More = more }, Links).Subject);

    [Fact]
    public void A_digest_reads_like_this() => Assert.Equal(
        """
        What the last 24 hours were like.

        - 12,431 tweets were rated by sentiment version 7: 61 % negative, 39 % positive.
        - 41 corrections came in; 93 % of the judged predictions were right.
        - 95 % of requests took up to 12 ms; 3 of 9,120 failed.

        Vigie: https://vigie.example.org

        """.ReplaceLineEndings("\n"),
        PlainText.Of(NoticeText.Of(TestNotices.Digest(), Links)));

    [Fact]
    public void At_most_five_tweets_are_shown_and_the_others_counted()
    {
        Alert alert = TestNotices.Alert(tweets: [.. Enumerable.Range(0, 10).Select(i => $"tweet {i}")]) with { Count = 1234 };
        AlertText text = NoticeText.Of(TestNotices.Notice(alerts: alert), Links).Alerts[0];
        Assert.Equal(["tweet 0", "tweet 1", "tweet 2", "tweet 3", "tweet 4"], text.Tweets.Select(tweet => tweet.Text));
        Assert.Equal("and 1,229 more", text.MoreTweets);
    }

    [Fact]
    public void Times_are_those_of_the_readers_clock()
    {
        Readers readers = Readers.Of(new AlertOptions { Digest = new DigestOptions { Zone = "Pacific/Auckland" } });
        Assert.Equal("[Vigie] Daily digest, 25 November 2026", NoticeText.Of(TestNotices.Digest() with { At = new DateTimeOffset(2026, 11, 24, 19, 0, 0, TimeSpan.Zero) }, readers).Subject);
        Assert.Contains(("Since", "2026-11-24 23:02 UTC+13:00, for 4 minutes"), NoticeText.Of(TestNotices.Notice(), readers).Alerts[0].Facts);
    }

    [Fact]
    public void Without_an_address_of_our_own_there_are_no_links()
    {
        AlertText text = NoticeText.Of(TestNotices.Notice(), new Readers(null, null, TimeZoneInfo.Utc)).Alerts[0];
        Assert.Equal(("docs/runbooks/wrong-reports.md", null, "POST /alerts/17/acknowledge"), (text.Runbook, text.RunbookUrl, text.Acknowledge));
        Assert.Equal("https://wiki.example.org/r/wrong-reports", new Readers(null, "https://wiki.example.org/r/", TimeZoneInfo.Utc).Runbook("wrong-reports"));
    }

    [Theory]
    [InlineData("a\r\nBcc: x", "a Bcc: x")]
    [InlineData("  a\t\tb \u2028 c\0d\u001b[31m ", "a b c d [31m")]
    [InlineData("\u202Egnp.exe\u202C\u2066\u200F\uFEFF\u200B", "gnp.exe")]
    [InlineData("👩‍👩‍👧‍👦 stays", "👩‍👩‍👧‍👦 stays")]
    [InlineData("", "")]
    public void A_stranger_s_text_is_made_harmless(string text, string line) => Assert.Equal(line, SafeText.Line(text, 100));

    [Fact] // attributes are kept as UTF-8, which has no halves
    public void Halves_of_characters_are_replaced() => Assert.Equal("half \uFFFD and \uFFFD half", SafeText.Line("half \uD83D and \uDE00 half", 100));

    [Fact]
    public void Towers_of_accents_are_cut_and_long_texts_end_at_a_whole_character()
    {
        Assert.Equal("e\u0301\u0301\u0301\u0301x", SafeText.Line("e" + new string('\u0301', 500) + "x", 100));
        Assert.Equal(new string('a', 99) + "…", SafeText.Line(new string('a', 10_000), 100));
        string family = string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 200));
        Assert.Equal(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 99)) + "…", SafeText.Line(family, 100));
    }

    [Fact]
    public void No_text_that_broke_programs_before_breaks_a_message()
    {
        foreach (string text in NaughtyStrings.Texts)
        {
            AlertNotice notice = TestNotices.Notice(alerts: TestNotices.Alert(tweets: text) with { Summary = text, Rule = text, Model = text, Words = [text], By = text, Id = text.Length == 0 ? "1" : text, Runbook = text });
            NoticeText words = NoticeText.Of(notice, Links);
            string html = HtmlText.Of(words), plain = PlainText.Of(words), sms = SmsText.Of(words), slack = Encoding.UTF8.GetString(SlackBlocks.Of(words));
            foreach (string form in new[] { words.Subject, plain, html, sms })
            {
                Assert.DoesNotMatch(Steering(), form);
                Assert.True(form.EnumerateRunes().All(rune => rune.Value != 0), "a NUL");
                Assert.Equal(form, new UTF8Encoding(false, true).GetString(new UTF8Encoding(false, true).GetBytes(form))); // no halves
            }

            Assert.DoesNotContain('\n', words.Subject);
            Assert.Equal(TagsOf(HtmlText.Of(NoticeText.Of(TestNotices.Notice(alerts: TestNotices.Alert(tweets: "x") with { Words = ["x"], By = "x" }), Links))), TagsOf(html).Where(tag => tag != "br"));
            Assert.Equal(System.Text.Json.JsonValueKind.Object, System.Text.Json.JsonDocument.Parse(slack).RootElement.ValueKind);
            Assert.InRange(sms.Length, 1, 160);
        }
    }

    [Theory]
    [InlineData("95 % of requests took up to 231 ms in 10 minutes; the limit is 200 ms", "Vigie. Critical: 95 % of requests took up to 231 ms in 10 minutes; the limit is 200 ms https://vigie.example.org")]
    [InlineData("“quoted” – and… ≥ 3", "Vigie. Critical: \"quoted\" - and... >= 3 https://vigie.example.org")]
    [InlineData("Модель отвечает неверно на слишком много твитов за последние пять минут", "Vigie. Critical: Модель отвечает неверно на слишком много твитов за п…")]
    public void A_text_message_fits_one(string summary, string text)
    {
        string sms = SmsText.Of(NoticeText.Of(TestNotices.Notice(alerts: TestNotices.Alert() with { Summary = summary }), Links));
        Assert.Equal(text, sms);
    }

    [Fact]
    public void A_long_text_message_is_cut_to_160_places_and_what_takes_two_counts_twice()
    {
        string plain = SmsText.Of(NoticeText.Of(TestNotices.Notice(alerts: TestNotices.Alert() with { Summary = new string('x', 400) }), Links));
        Assert.Equal(160, plain.Length);
        Assert.EndsWith("xxx... https://vigie.example.org", plain, StringComparison.Ordinal);
        string doubled = SmsText.Of(NoticeText.Of(TestNotices.Notice(alerts: TestNotices.Alert() with { Summary = new string('€', 400) }), new Readers(null, null, TimeZoneInfo.Utc)));
        Assert.InRange(doubled.Length + doubled.Count(c => c == '€'), 159, 160);
        string wide = SmsText.Of(NoticeText.Of(TestNotices.Notice(alerts: TestNotices.Alert() with { Summary = string.Concat(Enumerable.Repeat("😡", 100)) }), Links));
        Assert.InRange(wide.Length, 69, 70);
        Assert.DoesNotMatch("[\uD800-\uDBFF](?![\uDC00-\uDFFF])", wide);
    }

    private static IEnumerable<string> TagsOf(string html) => Tag().Matches(html).Select(tag => tag.Groups[1].Value);

    [GeneratedRegex("<([a-z0-9]+)")]
    private static partial Regex Tag();

    [GeneratedRegex("[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2066\u2067\uFEFF]")]
    private static partial Regex Steering();
}
