using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class CorpusOptionsTests
{
    private static readonly CorpusOptions Good = new();

    private static readonly BuzzEpisode Episode = new() { Topic = "luggage", Start = Good.Start.AddDays(1) };

    public static TheoryData<CorpusOptions, string> Bad => new()
    {
        { Good with { Rows = 0 }, "Rows is 0, expected 1 to 100000000" },
        { Good with { FrenchShare = 1.5 }, "FrenchShare is 1.5, expected 0 to 1" },
        { Good with { FrenchShare = double.NaN }, "FrenchShare is NaN, expected 0 to 1" },
        { Good with { NeutralShare = -0.1 }, "NeutralShare is -0.1, expected 0 to 1" },
        { Good with { Balance = 2 }, "Balance is 2, expected 0 to 1" },
        { Good with { SarcasmShare = 7 }, "SarcasmShare is 7, expected 0 to 1" },
        { Good with { WrongLabelShare = -1 }, "WrongLabelShare is -1, expected 0 to 1" },
        { Good with { NoiseLevel = 6 }, "NoiseLevel is 6, expected 0 to 5" },
        { Good with { Start = new DateTimeOffset(2009, 1, 1, 0, 0, 0, TimeSpan.Zero) }, "Start is 2009-01-01T00:00:00+00:00, expected 2010-11-05T00:00:00+00:00 to" },
        { Good with { Duration = TimeSpan.Zero }, "Duration is 00:00:00, expected 00:01:00 to" },
        { Good with { Episodes = [Episode with { Topic = "luggages" }] }, "Episodes[0].Topic is 'luggages', expected one of announcements, app" },
        { Good with { Episodes = [Episode, Episode with { Start = Good.Start.AddDays(-1) }] }, "Episodes[1].Start is 2026-03-01T00:00:00+00:00, expected 2026-03-02T00:00:00+00:00 to 2026-03-30T00:00:00+00:00" },
        { Good with { Episodes = [Episode with { Height = 1 }] }, "Episodes[0].Height is 1, expected more than 1" },
        { Good with { Episodes = [Episode with { Height = double.NaN }] }, "Episodes[0].Height is NaN, expected more than 1" },
        { Good with { Episodes = [Episode with { Height = 5000 }] }, "Episodes[0].Height is 5000, expected 1 to 1000" },
        { Good with { Episodes = [Episode with { HalfLife = TimeSpan.Zero }] }, "Episodes[0].HalfLife is 00:00:00, expected 00:01:00 to" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_wrong_value_is_refused_at_once_with_its_name_and_range(CorpusOptions options, string message)
    {
        // No tweet is asked for: the call itself refuses.
        InvalidInputException thrown = Assert.Throws<InvalidInputException>(() => CorpusGenerator.Generate(options));

        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_and_the_limits_are_accepted()
    {
        Good.Validate();
        (Good with { Rows = 1, FrenchShare = 0, NeutralShare = 1, Balance = 0, SarcasmShare = 1, WrongLabelShare = 1, NoiseLevel = 5, Duration = TimeSpan.FromMinutes(1), Episodes = [Episode with { Start = Good.Start, HalfLife = TimeSpan.FromDays(365) }] }).Validate();
    }
}
