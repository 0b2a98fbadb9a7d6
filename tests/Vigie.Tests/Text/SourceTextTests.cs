using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class SourceTextTests
{
    // One test of all: an attribute cannot hold half a pair.
    [Fact]
    public void What_is_no_character_is_read_as_the_replacement_character()
    {
        foreach (string none in new[] { "\uD800", "\uDC00", "\uFFFE", "&#65534;" })
            Assert.Equal(["a", "\uFFFD", "é"], new Tokenizer(new TextPipeline()).Tokenize($"a {none} é"));
    }

    [Theory, MemberData(nameof(NaughtyStrings.All), MemberType = typeof(NaughtyStrings))]
    public void Any_text_is_tokenised(int number)
    {
        foreach (TokenPattern pattern in Enum.GetValues<TokenPattern>())
        {
            IReadOnlyList<string> tokens = new Tokenizer(new TextPipeline { Tokens = pattern }).Tokenize(NaughtyStrings.Texts[number]);
            Assert.DoesNotContain("", tokens);
        }
    }
}
