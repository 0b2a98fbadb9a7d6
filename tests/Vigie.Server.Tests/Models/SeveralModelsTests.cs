using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>Several models stand side by side, each asked for by its name.</summary>
public sealed class SeveralModelsTests
{
    [Fact]
    public async Task Each_is_asked_for_by_its_name_and_all_are_listed()
    {
        var champion = new ScriptedSource("models:/sentiment@champion").With("a", FourModels.All[0]);
        var french = new ScriptedSource("models:/fr@champion") { Now = "b" }.With("b", FourModels.All[1] with { Name = "fr" });
        var challenger = new ScriptedSource("models:/sentiment@challenger") { Now = "c" }.With("c", FourModels.All[2]);
        var sources = new ModelSources(champion) { Others = new Dictionary<string, IModelSource> { ["french"] = french }, Challenger = challenger };
        using var state = new TempState();
        await using RunningServer server = await RunningServer.StartAsync(sources, state.Options);

        foreach ((string query, int model) in new[] { ("", 0), ("?model=sentiment", 0), ("?model=french", 1), ("?model=challenger", 2) })
        {
            Assert.Equal(FourModels.All[model].Digest, await server.DigestAsync(query));
            Answer batch = await server.PostAsync("/predict/batch" + query, """["late again"]""");
            Assert.Equal(FourModels.All[model].Digest, batch.Headers.GetValues("Vigie-Model-Digest").Single());
            Assert.Equal(FourModels.All[model].Classifier.Predict("late again").ProbabilityPositive, batch.Json[0].GetProperty("probability_positive").GetDouble());
            Assert.Equal(FourModels.All[model].Digest, (await server.GetAsync("/model/info" + query)).Json.GetProperty("digest").GetString());
        }

        JsonElement[] listed = [.. (await server.GetAsync("/model/info")).Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(["champion", "named", "challenger"], listed.Select(one => one.GetProperty("part").GetString()));
        Assert.Equal(["sentiment", "french", "challenger"], listed.Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(["models:/sentiment@champion", "models:/fr@champion", "models:/sentiment@challenger"], listed.Select(one => one.GetProperty("source").GetString()));
        Assert.All(listed, one => Assert.True(one.TryGetProperty("since", out _) && !one.TryGetProperty("failure", out _)));
        JsonElement problem = (await server.PostAsync("/predict?model=german", """{"text":"a"}""")).Problem(HttpStatusCode.NotFound, "model");
        Assert.Contains("sentiment, french, challenger", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await server.PostAsync("/predict/batch?model=german", """["a"]""")).Problem(HttpStatusCode.NotFound, "model");
    }

    [Fact]
    public async Task One_that_is_away_is_waited_for_and_does_not_keep_the_champion_from_answering()
    {
        var champion = new ScriptedSource("c").With("a", FourModels.All[0]);
        var french = new ScriptedSource("f") { Now = "b", Failing = new IOException("the tracking server is away") }.With("b", FourModels.All[1]);
        using var state = new TempState();
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(champion) { Others = new Dictionary<string, IModelSource> { ["french"] = french } }, state.Options);
        Assert.Equal(FourModels.All[0].Digest, await server.DigestAsync());
        foreach (string path in new[] { "/model/info?model=french", "/health/ready" })
        {
            using HttpResponseMessage waiting = await server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, waiting.StatusCode);
            Assert.Contains("the tracking server is away", await waiting.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        french.Failing = null;
        await RunningServer.UntilAsync(async () =>
        {
            using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
            return ready.IsSuccessStatusCode;
        });
        Assert.Equal(FourModels.All[1].Digest, await server.DigestAsync("?model=french"));
    }

    [Theory]
    [InlineData("a b", "out/m", "models.others has the name 'a b'")]
    [InlineData("challenger", "out/m", "stands for models.challenger")]
    [InlineData("fr", "models:/fr", "names no version")]
    [InlineData("fr", "", "models.others.fr")]
    public void A_name_or_model_that_cannot_be_one_is_said_before_anything_starts(string name, string model, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidInputException>(new ServerOptions { Models = new ModelOptions { Others = new Dictionary<string, string> { [name] = model } } }.Check).Message, StringComparison.Ordinal);

    [Fact]
    public void A_setting_out_of_range_is_named_with_its_value()
    {
        (ModelOptions, string)[] wrong =
        [
            (new() { Poll = TimeSpan.Zero }, "models.poll is 0s"),
            (new() { Keep = 21 }, "models.keep is 21"),
            (new() { Challenger = "out/c", ChallengerShare = 1 }, "models.challenger_share is 1"),
            (new() { ChallengerShare = 0.1 }, "models.challenger is not"),
            (new() { TrialLevel = 0.5 }, "models.trial_level is 0.5"),
            (new() { NetworkWorkers = 65 }, "models.network_workers is 65"),
            (new() { NetworkQueue = 0 }, "models.network_queue is 0"),
            (new() { State = " " }, "models.state is empty"),
            (new() { Challenger = "models:/x" }, "names no version"),
        ];
        foreach ((ModelOptions options, string said) in wrong)
            Assert.Contains(said, Assert.Throws<InvalidInputException>(new ServerOptions { Models = options }.Check).Message, StringComparison.Ordinal);
        Assert.Contains("models.model is not set", Assert.Throws<InvalidInputException>(() => ModelSources.Of(new ModelOptions(), TimeProvider.System)).Message, StringComparison.Ordinal);
    }
}

/// <summary>A state folder, and options that poll often.</summary>
internal sealed class TempState : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-duty-");

    public string Path => folder.FullName;

    public ServerOptions Options => new() { Models = new ModelOptions { State = Path, Poll = TimeSpan.FromMilliseconds(10) } };

    public void Dispose() => folder.Delete(recursive: true);
}
