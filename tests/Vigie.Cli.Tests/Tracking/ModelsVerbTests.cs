using System.Net.Http.Json;
using System.Text.Json;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>Registered models, and their names wherever a model is named. Each test has a registered model of its own.</summary>
public sealed class ModelsVerbTests(TrackedFolder folder) : IClassFixture<TrackedFolder>
{
    [Fact]
    public void A_version_is_made_from_a_run_and_listed()
    {
        Assert.Equal("1", folder.Register("listed", folder.Bayes));
        Assert.Equal("2", folder.Register("listed", folder.Logistic));
        folder.Json("models", "promote", "listed", "v2", "--reason", "better");

        JsonElement[] versions = [.. Assert.Single(folder.Json("models", "list", "listed").GetProperty("models").EnumerateArray()).GetProperty("versions").EnumerateArray()];
        Assert.Equal(["2", "1"], versions.Select(version => version.GetProperty("version").GetString()));
        Assert.Equal(["champion"], versions[0].GetProperty("aliases").EnumerateArray().Select(alias => alias.GetString()));
        Assert.Equal(["Production", "None"], versions.Select(version => version.GetProperty("stage").GetString()));
        Assert.Equal($"models:/{folder.Logistic.GetProperty("run").GetProperty("model_id").GetString()}", versions[0].GetProperty("source").GetString());
        Assert.Equal(folder.Logistic.GetProperty("bundle").GetProperty("digest").GetString(), versions[0].GetProperty("tags").GetProperty("vigie.digest").GetString());
        Assert.Contains("@champion", folder.Session.Run("models", "list").Out, StringComparison.Ordinal);
        Assert.Contains("there are", folder.Refusal("models", "list", "nosuch"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_champion_is_promoted_and_taken_back()
    {
        foreach (JsonElement trained in new[] { folder.Bayes, folder.Logistic, folder.Fast }) folder.Register("crown", trained);
        foreach (string version in new[] { "1", "2", "3" }) Assert.Equal(version, folder.Json("models", "promote", "crown", version).GetProperty("champion").GetString());
        Assert.Equal(["Production", "Archived", "Archived"], Stages("crown"));

        JsonElement back = folder.Json("models", "rollback", "crown", "--reason", "calls jokes negative");
        Assert.Equal(("2", "3", "calls jokes negative", Environment.UserName), (back.GetProperty("version").GetString(), back.GetProperty("previous_version").GetString(), back.GetProperty("reason").GetString(), back.GetProperty("changed_by").GetString()));
        Assert.Equal("models:/crown@champion is version 1 again, in place of 2\n", folder.Session.Run("models", "rollback", "crown").Out);
        Assert.Equal(["Archived", "Archived", "Production"], Stages("crown"));
        Assert.Contains("no champion came before", folder.Refusal("models", "rollback", "crown"), StringComparison.Ordinal);
        Assert.Contains("version", folder.Refusal("models", "promote", "crown", "9"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("must be an integer", folder.Refusal("models", "promote", "crown", "best"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_name_stands_for_the_model_in_every_verb()
    {
        folder.Register("every where", folder.Logistic);
        folder.Json("models", "promote", "every where", "1");
        string[] names = ["models:/every where@champion", "models:/every%20where/1", "models:/every where/Production"];

        string byFolder = folder.Session.Run("predict", "--model", "logistic", "lost my bag").Out;
        Assert.StartsWith("{\"id\":", byFolder, StringComparison.Ordinal);
        Assert.All(names, name => Assert.Equal(byFolder, folder.Session.Run("predict", "--model", name, "lost my bag").Out));
        Assert.Equal(folder.Session.Run("explain", "--model", "logistic", "lost my bag").Out, folder.Session.Run("explain", "--model", names[0], "lost my bag").Out);
        JsonElement measured = folder.Json("evaluate", "--model", names[0], "--data", "tweets.csv", "--split", "test", "--against", names[1]);
        Assert.Equal(folder.Logistic.GetProperty("test").GetProperty("f1_macro").GetDouble(), measured.GetProperty("f1_macro").GetDouble());
        Assert.Equal(1, measured.GetProperty("mcnemar").GetProperty("p").GetDouble());

        await using RunningVerb serving = await RunningVerb.StartAsync(folder.Session, "serve", "--model", names[0], "--urls", "http://127.0.0.1:0");
        Assert.Equal(folder.Logistic.GetProperty("bundle").GetProperty("digest").GetString(), serving.Said.GetProperty("digest").GetString());
        using var client = new HttpClient { BaseAddress = serving.Url };
        HttpResponseMessage answer = await client.PostAsJsonAsync("predict", new { text = "lost my bag" }, TestContext.Current.CancellationToken);
        Assert.Equal(
            JsonElement.Parse(byFolder).GetProperty("probability_positive").GetDouble(),
            (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("probability_positive").GetDouble());
    }

    [Theory]
    [InlineData("models:/named@challenger", "challenger")]
    [InlineData("models:/named/9", "9")]
    [InlineData("models:/named/Staging", "no version of 'named' is in the stage Staging")]
    [InlineData("models:/named/Best", "Invalid Model Version stage: 'Best'")]
    [InlineData("models:/nosuch@champion", "nosuch")]
    public void A_name_that_names_nothing_is_refused(string name, string message)
    {
        folder.Register("named", folder.Bayes);

        string error = folder.Refusal("predict", "--model", name, "hello");
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains("'vigie models list' shows what there is", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_changed_since_the_signing_is_not_loaded()
    {
        JsonElement trained = folder.Train("tfidf-nb", "tampered", "--seed", "77", "--register", "tampered");
        JsonElement sound = folder.Json("models", "verify", "models:/tampered/1");
        Assert.Equal(trained.GetProperty("bundle").GetProperty("digest").GetString(), sound.GetProperty("digest").GetString());

        string kept = Directory.GetDirectories(folder.At(".vigie/artifacts"), trained.GetProperty("run").GetProperty("model_id").GetString()!, SearchOption.AllDirectories).Single();
        string weights = Directory.GetFiles(kept, "weights.safetensors", SearchOption.AllDirectories).Single(), added = Path.Combine(Path.GetDirectoryName(weights)!, "extra.py");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        foreach (string[] verb in new[] { new[] { "models", "verify", "models:/tampered/1" }, ["predict", "--model", "models:/tampered/1", "hello"], ["serve", "--model", "models:/tampered/1"] })
            Assert.Contains("weights.safetensors has other content", folder.Refusal(verb), StringComparison.Ordinal);

        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        File.WriteAllText(added, "print()");
        Assert.Contains("extra.py was added", folder.Refusal("models", "verify", "models:/tampered/1"), StringComparison.Ordinal);
        File.Delete(added);
        folder.Json("models", "verify", "models:/tampered/1");
    }

    [Fact]
    public void A_gate_says_why_or_why_not()
    {
        folder.Register("gated", folder.Bayes);
        double f1 = folder.Bayes.GetProperty("test").GetProperty("f1").GetDouble();
        Assert.Contains("has no rule", folder.Session.Run("models", "gate", "gated").Out, StringComparison.Ordinal);
        Assert.Contains("has no gate", folder.Refusal("models", "gate", "gated", "1"), StringComparison.Ordinal);

        Assert.Equal("f1 > 0.999", folder.Json("models", "gate", "gated", "--rule", "f1 > 0.999").GetProperty("rule").GetString());
        CliRun missed = folder.Session.Run("models", "gate", "gated", "1", "--json");
        Assert.Equal(ExitCode.Failed, missed.ExitCode);
        Assert.False(missed.Json.GetProperty("passed").GetBoolean());
        Assert.Equal(f1, Assert.Single(missed.Json.GetProperty("comparisons").EnumerateArray()).GetProperty("left").GetDouble());

        CliRun passed = folder.Session.Run("models", "gate", "gated", "v1", "--rule", "f1 > 0.1 and f1_macro > 0.1", "--json");
        Assert.Equal((ExitCode.Success, true), (passed.ExitCode, passed.Json.GetProperty("passed").GetBoolean()));
        JsonElement shown = folder.Json("models", "gate", "gated");
        Assert.Equal([true, false], shown.GetProperty("decisions").EnumerateArray().Select(decision => decision.GetProperty("passed").GetBoolean()));
        Assert.Contains("version 1", folder.Session.Run("models", "gate", "gated").Out, StringComparison.Ordinal);

        Assert.Equal(JsonValueKind.Null, folder.Json("models", "gate", "gated", "--remove").GetProperty("rule").ValueKind);
        folder.Refusal("models", "gate", "gated", "--rule", "f1 >");
        folder.Refusal("models", "gate", "nosuch", "--rule", "f1 > 0.5");
        Assert.Contains("--remove goes with neither", folder.Refusal("models", "gate", "gated", "--remove", "--rule", "f1 > 0.5"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_registered_is_refused()
    {
        Assert.Contains("cannot stand in a name", folder.Refusal("models", "register", "a/b", "--run", TrackedFolder.IdOf(folder.Bayes)), StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, folder.Session.Run("train", "tfidf-lr", "--data", "tweets.csv", "--output", "none", "--set", "min_df=1000000").ExitCode);
        string failed = folder.Json("runs", "list", "--filter", "attributes.status = 'FAILED'").GetProperty("runs")[0].GetProperty("run_id").GetString()!;
        Assert.Contains("made no model that could be registered", folder.Refusal("models", "register", "none", "--run", failed), StringComparison.Ordinal);
    }

    private IEnumerable<string?> Stages(string name) => folder.Json("models", "list", name).GetProperty("models")[0].GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("stage").GetString());
}
