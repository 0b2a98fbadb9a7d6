using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Tests.Recipes;

public sealed class ClassInterleavingTests
{
    [Fact]
    public void Classes_take_turns_in_proportion_and_keep_their_own_order()
    {
        (string Text, Sentiment Label)[] rows =
            [.. Enumerable.Range(0, 60).Select(i => ($"n{i}", Sentiment.Negative)), .. Enumerable.Range(0, 30).Select(i => ($"o{i}", Sentiment.Neutral)), .. Enumerable.Range(0, 10).Select(i => ($"p{i}", Sentiment.Positive))];

        (string Text, Sentiment Label)[] turns = [.. ClassInterleaving.Of(Counts(rows).ByLabel(Split.Train), label => rows.Where(row => row.Label == label))];

        Assert.Equal(rows.Order(), turns.Order());
        foreach (Sentiment label in Enum.GetValues<Sentiment>()) Assert.Equal(rows.Where(row => row.Label == label), turns.Where(row => row.Label == label));
        for (int taken = 0; taken <= turns.Length; taken++)
        {
            Assert.InRange(turns.Take(taken).Count(row => row.Label == Sentiment.Negative), 0.6 * taken - 1, 0.6 * taken + 1);
            Assert.InRange(turns.Take(taken).Count(row => row.Label == Sentiment.Positive), 0.1 * taken - 1, 0.1 * taken + 1);
        }
    }

    [Fact]
    public void A_class_that_ends_early_is_a_file_that_changed()
    {
        Assert.Contains(
            "changed while it was read",
            Assert.Throws<InvalidInputException>(() => ClassInterleaving.Of([(Sentiment.Negative, 2), (Sentiment.Positive, 2)], label => [("only one", label)]).Count()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nnnnnnnnnnnnnnnnnnnnpppppppppppppppppppp", true)]
    [InlineData("nnnnnnnnnnppppppppppnnnnnnnnnnpppppppppp", false)] // runs of ten in forty rows may be chance
    [InlineData("npnpnpnpnpnpnpnpnpnpnpnpnpnpnpnpnpnpnpnp", false)]
    [InlineData("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnp", false)] // one positive row changes the label once in any order
    [InlineData("np", false)]
    [InlineData("nnnn", false)]
    [InlineData("", false)]
    public void Long_runs_of_one_label_are_told_from_chance(string labels, bool suits) =>
        Assert.Equal(suits, ClassInterleaving.Suits(Counts(labels.Select(c => ("", c == 'n' ? Sentiment.Negative : Sentiment.Positive))), Split.Train));

    private static SplitCounts Counts(IEnumerable<(string, Sentiment Label)> rows)
    {
        var counts = new SplitCounts();
        foreach ((_, Sentiment label) in rows) counts.Add(Split.Train, label);
        return counts;
    }
}
