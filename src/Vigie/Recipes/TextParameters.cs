using Vigie.Text;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of the way from raw text to tokens, whatever learns from them.</summary>
internal static class TextParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Text("tokens", "how text is cut: tweet, words, whitespace", text => text.Tokens, (text, value) => text with { Tokens = value }, Named),
        Text("html_entities", "decode &amp; and the like: true, false", text => text.HtmlEntities, (text, value) => text with { HtmlEntities = value }, bool.TryParse),
        Text("normalize", "Unicode normalisation form C: true, false", text => text.Normalize, (text, value) => text with { Normalize = value }, bool.TryParse),
        Text("lowercase", "fold case: true, false", text => text.Lowercase, (text, value) => text with { Lowercase = value }, bool.TryParse),
        Tweet("urls", "web addresses: keep, placeholder, drop", text => text.Urls, (text, value) => text with { Urls = value }, Named),
        Tweet("mentions", "@names: keep, placeholder, drop", text => text.Mentions, (text, value) => text with { Mentions = value }, Named),
        Tweet("numbers", "numbers: keep, placeholder, drop", text => text.Numbers, (text, value) => text with { Numbers = value }, Named),
        Tweet("hashtags", "#tags: keep, split, drop", text => text.Hashtags, (text, value) => text with { Hashtags = value }, Named),
        Tweet("punctuation", "keep punctuation as tokens: true, false", text => text.Punctuation, (text, value) => text with { Punctuation = value }, bool.TryParse),
        Tweet("emoticons", "keep emoticons and emoji as tokens: true, false", text => text.Emoticons, (text, value) => text with { Emoticons = value }, bool.TryParse),
        Text("max_run", "longest run of one letter, 0 for any", text => text.MaxRun, (text, value) => text with { MaxRun = value }, Whole),
        Text("negation_scope", "words marked after a negation, 0 for none", text => text.NegationScope, (text, value) => text with { NegationScope = value }, Whole),
        Text("stop_words", "function words to remove: none, english, french", text => text.StopWords, (text, value) => text with { StopWords = value }, Named),
        Text("form", "form of words: surface, stem, stem_french, lemma", text => text.Form, (text, value) => text with { Form = value }, Named),
    ];

    private static RecipeParameter Text<T>(string name, string help, Func<TextPipeline, T> read, Func<TextPipeline, T, TextPipeline> write, Parser<T> parser, Func<TextPipeline, bool>? matters = null) =>
        RecipeParameter.Of<TextLearner, T>(
            name, help, learner => read(learner.Text), (learner, value) => learner with { Text = write(learner.Text, value) }, parser,
            learner => learner is not EnsembleLearner && matters?.Invoke(learner.Text) != false);

    // Other ways of cutting do not know what a URL or an emoticon is.
    private static RecipeParameter Tweet<T>(string name, string help, Func<TextPipeline, T> read, Func<TextPipeline, T, TextPipeline> write, Parser<T> parser) =>
        Text(name, help, read, write, parser, text => text.Tokens == TokenPattern.Tweet);
}
