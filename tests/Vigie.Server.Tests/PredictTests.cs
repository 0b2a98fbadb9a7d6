using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

public sealed class PredictTests : IAsyncLifetime
{
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Answers_what_the_classifier_says()
    {
        const string text = "Three hours late and nobody at the desk, what a disgrace 😡";
        Models.Prediction expected = SmallModels.TwoClasses.Classifier.Predict(text);

        Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, id = "t1" }));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.MediaType);
        Assert.Equal("t1", answer.Json.GetProperty("id").GetString());
        Assert.Equal("negative", answer.Json.GetProperty("label").GetString());
        Assert.Equal(expected.ProbabilityPositive, answer.Json.GetProperty("probability_positive").GetDouble());
        Assert.Equal(expected.Probabilities[0], answer.Json.GetProperty("probabilities").GetProperty("negative").GetDouble());
        Assert.Equal(expected.Probabilities[0], answer.Json.GetProperty("confidence").GetDouble());
        Assert.False(answer.Json.GetProperty("unknown").GetBoolean());
        Assert.Equal(expected.UnknownShare, answer.Json.GetProperty("unknown_share").GetDouble());
        Assert.Equal("""{"name":"air-paradis","version":"3","digest":"5555555555555555555555555555555555555555555555555555555555555555"}""", answer.Json.GetProperty("model").GetRawText());
        Assert.False(answer.Json.TryGetProperty("explain", out _));
        Assert.False(answer.Json.GetProperty("probabilities").TryGetProperty("neutral", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("🦖🪗")]
    [InlineData("qwzx vbnk")]
    public async Task Says_that_it_knows_nothing_of_an_empty_or_unknown_text(string text)
    {
        Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, explain = true }));

        Assert.True(answer.Json.GetProperty("unknown").GetBoolean());
        Assert.Equal(SmallModels.TwoClasses.Classifier.Prior[1], answer.Json.GetProperty("probability_positive").GetDouble());
    }

    [Fact]
    public async Task Explains_to_the_last_digit_and_points_into_the_text()
    {
        const string text = "not a great flight, rude crew 😡 @AirParadis";
        Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, explain = true }));

        JsonElement explain = answer.Json.GetProperty("explain");
        JsonElement[] words = [.. explain.GetProperty("words").EnumerateArray()];
        double sum = explain.GetProperty("intercept").GetDouble() + words.Sum(word => word.GetProperty("contribution").GetDouble());
        Assert.Equal(explain.GetProperty("score").GetDouble(), sum, 1e-9);
        Assert.Equal("positive", explain.GetProperty("class").GetString());
        JsonElement rude = words.Single(word => word.GetProperty("text").GetString() == "rude");
        Assert.Equal("rude", text[rude.GetProperty("start").GetInt32()..rude.GetProperty("end").GetInt32()]);
        Assert.True(rude.GetProperty("known").GetBoolean());
        Assert.True(rude.GetProperty("contribution").GetDouble() < 0);
    }

    [Fact]
    public async Task A_threshold_moves_the_label_and_not_the_probability()
    {
        const string text = "the crew was lovely";
        double probability = SmallModels.TwoClasses.Classifier.Predict(text).ProbabilityPositive;
        Assert.InRange(probability, 0.51, 0.995);

        foreach ((double threshold, string label) in new[] { (probability, "positive"), (Math.BitIncrement(probability), "negative") })
        {
            Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, threshold }));
            Assert.Equal(label, answer.Json.GetProperty("label").GetString());
            Assert.Equal(probability, answer.Json.GetProperty("probability_positive").GetDouble());
            Assert.Equal(label == "positive" ? probability : 1 - probability, answer.Json.GetProperty("confidence").GetDouble(), 1e-12);
        }
    }

    [Fact]
    public async Task Three_classes_have_three_probabilities_and_no_threshold()
    {
        await using RunningServer three = await RunningServer.StartAsync(model: SmallModels.ThreeClasses);

        Answer answer = await three.PostAsync("/predict", """{"text":"Which terminal does flight 12 leave from?"}""");
        Assert.Equal(1, answer.Json.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 1e-9);
        Assert.Equal(["negative", "neutral", "positive"], answer.Json.GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
        Assert.Equal(answer.Json.GetProperty("probabilities").EnumerateObject().Max(p => p.Value.GetDouble()), answer.Json.GetProperty("confidence").GetDouble());
        (await three.PostAsync("/predict", """{"text":"a","threshold":0.5}""")).Problem(HttpStatusCode.BadRequest, "threshold");
    }

    [Theory]
    [InlineData("\"17\"")]
    [InlineData("17")]
    [InlineData("-123456789012345678901234567890")]
    [InlineData("\"\\\"\\u0000 é 😀 \\n\"")]
    public async Task An_id_comes_back_as_it_was(string id)
    {
        Answer answer = await server.PostAsync("/v1/predict", $$"""{"id":{{id}},"text":"a"}""");
        JsonElement sent = JsonDocument.Parse(id).RootElement, back = answer.Json.GetProperty("id");
        Assert.Equal(sent.ValueKind, back.ValueKind);
        Assert.Equal(sent.ValueKind == JsonValueKind.String ? sent.GetString() : sent.GetRawText(), back.ValueKind == JsonValueKind.String ? back.GetString() : back.GetRawText());
    }

    [Fact]
    public async Task A_tweet_may_be_sent_as_it_was_collected()
    {
        Answer answer = await server.PostAsync("/predict", """{"id":null,"user":{"name":"x","text":"not this"},"text":"great crew","entities":[[{"text":1}]],"lang":"en"}""");

        Assert.Equal(SmallModels.TwoClasses.Classifier.Predict("great crew").ProbabilityPositive, answer.Json.GetProperty("probability_positive").GetDouble());
        Assert.False(answer.Json.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task A_byte_order_mark_and_a_charset_are_fine()
    {
        Answer answer = await server.PostAsync("/predict", "\uFEFF{\"text\":\"great crew\"}", "application/json; charset=\"UTF-8\"");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Any_number_of_callers_get_the_same_answers()
    {
        string[] texts = [.. Corpus.CorpusGenerator.Generate(new Corpus.CorpusOptions { Rows = 400, Seed = 9 }).Select(tweet => tweet.Text)];
        double[] answers = await Task.WhenAll(texts.Select(async text =>
            (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }))).Json.GetProperty("probability_positive").GetDouble()));

        Assert.Equal(texts.Select(text => SmallModels.TwoClasses.Classifier.Predict(text).ProbabilityPositive), answers);
    }
}
