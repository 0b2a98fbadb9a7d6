using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Vigie.Mlflow.Server;
using Vigie.Models;

namespace Vigie.Server.Tests;

/// <summary>A model that is promoted takes over, and nobody who asks meanwhile notices more than another digest.</summary>
public sealed class PromotionTests
{
    private static readonly string[] Texts = ["late again", "a lovely crew, thanks", "my bag is lost", "rude rude rude", "smooth flight and great food", "never again", "on time for once", "delayed for three hours"];

    [Fact]
    public async Task Fifty_promotions_under_load_lose_no_request_and_mix_no_answer()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        var expected = new Dictionary<string, double[]>();
        var digests = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            digests.Add(await registry.AddAsync(FourModels.All[i].Classifier, i + 1));
            expected[digests[i]] = [.. Texts.Select(text => FourModels.All[i].Classifier.Predict(text).ProbabilityPositive)];
        }

        Assert.Equal(4, expected.Values.Select(row => row[0]).Distinct().Count()); // or a mixed answer could not be told
        await registry.PromoteAsync(1);
        ModelOptions models = registry.Options with { Keep = 1 }; // so that some are loaded anew, and some come back from memory
        await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
        await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models });

        using var end = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, int>();
        int batches = 0;
        Task[] callers = [.. Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
        {
            for (int i = caller; !end.IsCancellationRequested; i++)
            {
                Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Texts[i % Texts.Length] }));
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                string digest = answer.Json.GetProperty("model").GetProperty("digest").GetString()!;
                Assert.Equal(digest, answer.Headers.GetValues("Vigie-Model-Digest").Single());
                Assert.Equal(expected[digest][i % Texts.Length], answer.Json.GetProperty("probability_positive").GetDouble());
                seen.AddOrUpdate(digest, 1, (_, n) => n + 1);
            }
        })), Task.Run(async () =>
        {
            string body = JsonSerializer.Serialize(Enumerable.Range(0, 1_200).Select(i => Texts[i % Texts.Length])); // three chunks: a promotion falls between them
            while (!end.IsCancellationRequested)
            {
                Answer answer = await server.PostAsync("/predict/batch", body);
                double[] row = expected[answer.Headers.GetValues("Vigie-Model-Digest").Single()];
                Assert.Equal(Enumerable.Range(0, 1_200).Select(i => row[i % Texts.Length]), answer.Json.EnumerateArray().Select(one => one.GetProperty("probability_positive").GetDouble()));
                batches++;
            }
        })];

        for (int promotion = 1; promotion <= 50; promotion++)
        {
            int version = promotion % 3 == 0 ? (promotion - 1) % 4 : promotion % 4; // every third time back to the one before
            await registry.PromoteAsync(version + 1);
            await RunningServer.UntilAsync(async () => callers.Any(caller => caller.IsFaulted) || await server.DigestAsync() == digests[version]);
        }

        await end.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal(4, seen.Count);
        Assert.True(batches > 0);
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_version_never_answers_and_the_old_one_goes_on()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        string good = await registry.AddAsync(FourModels.All[0].Classifier, 1);
        await registry.AddAsync(FourModels.All[1].Classifier, 2);
        string third = await registry.AddAsync(FourModels.All[2].Classifier, 3);
        await registry.PromoteAsync(1);
        await DamageAsync(await registry.FileOfAsync(2, "weights.safetensors"));
        await using var sources = ModelSources.Of(registry.Options, TimeProvider.System, _ => null);
        await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = registry.Options });
        Assert.Equal("ok", (await server.GetAsync("/health")).Json.GetProperty("status").GetString());

        await registry.PromoteAsync(2);
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded");
        Assert.Equal(good, await server.DigestAsync());
        JsonElement standing = (await server.GetAsync("/model/info")).Json.GetProperty("models")[0];
        Assert.Contains("weights.safetensors", standing.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal((good, "1"), (standing.GetProperty("digest").GetString(), standing.GetProperty("version").GetString()));
        Assert.Equal("ready", (await server.GetAsync("/health/ready")).Json.GetProperty("status").GetString());
        Assert.Single(server.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("goes on serving", StringComparison.Ordinal));

        await registry.PromoteAsync(3);
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == third);
        Assert.Equal("ok", (await server.GetAsync("/health")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_tracking_server_that_goes_away_during_a_promotion_is_not_noticed_by_callers()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        string first = await registry.AddAsync(FourModels.All[0].Classifier, 1), second = await registry.AddAsync(FourModels.All[1].Classifier, 2);
        await registry.PromoteAsync(1);
        Directory.CreateDirectory(Path.Combine(registry.Elsewhere, "trusted"));
        File.Copy(TrustedKeys.OwnKeyIn(registry.State) + ".pub", Path.Combine(registry.Elsewhere, "trusted", "here.pub"));

        // Away at first: the server listens, and says what it waits for.
        Uri tracking = await AddressAsync(registry);
        ModelOptions models = registry.Options with { Tracking = tracking.ToString(), State = registry.Elsewhere };
        await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
        await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models });
        Assert.Equal("live", (await server.GetAsync("/health/live")).Json.GetProperty("status").GetString());
        foreach (string path in new[] { "/health/ready", "/health", "/model/info" })
        {
            using HttpResponseMessage waiting = await server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, waiting.StatusCode);
            Assert.Contains(tracking.Authority, await waiting.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (HttpResponseMessage refused = await server.Client.PostAsJsonAsync("/predict", new { text = "late" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        }

        await using (WebApplication there = await ServeAsync(registry, tracking))
        {
            await RunningServer.UntilAsync(async () =>
            {
                using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
                return ready.IsSuccessStatusCode;
            });
            Assert.Equal(first, await server.DigestAsync());
        }

        await registry.PromoteAsync(2); // while the server is away
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded");
        for (int i = 0; i < 100; i++) Assert.Equal(first, await server.DigestAsync());
        Assert.Equal("ready", (await server.GetAsync("/health/ready")).Json.GetProperty("status").GetString());

        await using (WebApplication back = await ServeAsync(registry, tracking))
            await RunningServer.UntilAsync(async () => await server.DigestAsync() == second);
    }

    [Fact]
    public async Task A_damaged_copy_is_fetched_anew_and_a_damaged_download_is_not_kept()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        string digest = await registry.AddAsync(FourModels.All[0].Classifier, 1);
        await registry.PromoteAsync(1);
        (ModelOptions models, WebApplication tracking) = await FromElsewhereAsync(registry);
        await using WebApplication there = tracking;
        string copies = Path.Combine(registry.Elsewhere, "models"), original = await registry.FileOfAsync(1, "weights.safetensors");

        await DamageAsync(original); // as on its way
        await using (var sources = ModelSources.Of(models, TimeProvider.System, _ => null))
        {
            var failure = await Assert.ThrowsAsync<InvalidInputException>(() => RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models }));
            Assert.Contains("weights.safetensors has other content", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(copies));
        await DamageAsync(original); // the same bit again: it is whole
        for (int start = 0; start < 3; start++)
        {
            await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
            await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models });
            Assert.Equal(digest, await server.DigestAsync());
            Assert.Equal(await File.ReadAllBytesAsync(original), await File.ReadAllBytesAsync(CopyOf("weights.safetensors")));
            if (start == 0) await DamageAsync(CopyOf("weights.safetensors"));
            if (start == 1) File.Delete(CopyOf(Mlflow.ModelManifest.FileName));
        }

        string CopyOf(string file) => Directory.GetFiles(copies, file, SearchOption.AllDirectories).Single();
    }

    [Fact]
    public async Task A_damaged_copy_that_cannot_be_fetched_anew_is_not_served()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        await registry.AddAsync(FourModels.All[0].Classifier, 1);
        await registry.PromoteAsync(1);
        (ModelOptions models, WebApplication tracking) = await FromElsewhereAsync(registry);
        await using WebApplication there = tracking;
        string weights = await registry.FileOfAsync(1, "weights.safetensors");
        await using (var sources = ModelSources.Of(models, TimeProvider.System, _ => null))
        await using (await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models }))
            await DamageAsync(weights);

        await DamageAsync(Directory.GetFiles(registry.Elsewhere, "weights.safetensors", SearchOption.AllDirectories).Single());
        await using var again = ModelSources.Of(models, TimeProvider.System, _ => null);
        await Assert.ThrowsAsync<InvalidInputException>(() => RunningServer.StartAsync(again, RunningServer.Unlimited with { Models = models }));
    }

    [Fact]
    public async Task A_start_deletes_old_copies_and_leaves_what_is_served_or_was_used_last()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        for (int i = 0; i < 4; i++) await registry.AddAsync(FourModels.All[i].Classifier, i + 1);
        (ModelOptions models, WebApplication tracking) = await FromElsewhereAsync(registry);
        await using WebApplication there = tracking;
        models = models with { Keep = 1 };
        string copies = Path.Combine(registry.Elsewhere, "models");
        var fetched = new List<string>();
        for (int version = 1; version <= 4; version++)
        {
            await registry.PromoteAsync(version);
            await ServeOnceAsync();
            fetched.Add(Directory.GetDirectories(copies).Except(fetched).Single()); // nothing is old yet, so nothing goes
        }

        string part = Directory.CreateDirectory(fetched[0] + ".0123abcd.part").FullName, young = Directory.CreateDirectory(fetched[0] + ".4567abcd.part").FullName, own = Directory.CreateDirectory(Path.Combine(copies, "notes")).FullName;
        for (int i = 0; i < 4; i++) Directory.SetLastWriteTimeUtc(fetched[i], TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(i - 10));
        foreach (string old in (string[])[part, own]) Directory.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-10));
        await registry.PromoteAsync(1); // the oldest copy of all
        await ServeOnceAsync();
        Assert.Equal(new[] { fetched[0], fetched[3], young, own }.Order(), Directory.GetDirectories(copies).Order());

        async Task ServeOnceAsync()
        {
            await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
            await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models });
            await RunningServer.UntilAsync(() => Task.FromResult(Directory.GetDirectories(copies).Length <= 4)); // it is done after the server is ready
            Assert.Empty(server.Log.Lines);
        }
    }

    [Theory]
    [InlineData("models:/nobody@champion", "nobody")]
    [InlineData("models:/sentiment/7", "7")]
    [InlineData("models:/sentiment@absent", "absent")]
    [InlineData("no/such/folder", "no such folder")]
    public async Task A_model_that_does_not_exist_ends_the_start(string model, string reason)
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        ModelOptions models = registry.Options with { Model = model };
        await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
        var failure = await Assert.ThrowsAnyAsync<InvalidInputException>(() => RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models }));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_saved_over_the_folder_takes_over()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        string folder = Path.Combine(registry.State, "m");
        string first = Bundles.Bundle.Save(folder, FourModels.All[0].Classifier, SmallModels.TwoClasses.Info);
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(new FolderSource(folder)), RunningServer.Unlimited with { Models = registry.Options });
        Assert.Equal(first, await server.DigestAsync());
        string second = Bundles.Bundle.Save(folder, FourModels.All[1].Classifier, SmallModels.TwoClasses.Info);
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == second);
    }

    [Fact]
    public async Task A_rollback_loads_nothing()
    {
        var clock = new FakeTimeProvider();
        ScriptedSource source = new ScriptedSource("scripted").With("a", FourModels.All[0]).With("b", FourModels.All[1]).With("c", FourModels.All[2]).With("d", FourModels.All[3]);
        await using RunningServer server = await StartAsync(source, clock);
        foreach (string identity in new[] { "b", "a", "b", "c", "a", "b" })
        {
            source.Now = identity;
            await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string(identity[0], 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        }

        Assert.Equal(["a", "b", "c"], source.Loads);
        source.Now = "d"; // and three are kept beside the one on duty, at most: the first is let go
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string('d', 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        source.Now = "c";
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string('c', 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(["a", "b", "c", "d", "c"], source.Loads);
    }

    [Fact]
    public async Task A_rollback_loads_nothing_however_often_another_model_changed_meanwhile()
    {
        var clock = new FakeTimeProvider();
        ScriptedSource champion = new ScriptedSource("champion").With("a", FourModels.All[0]).With("d", FourModels.All[3]);
        var named = new ScriptedSource("named") { Now = "x" };
        foreach (string identity in (string[])["x", "y", "z"]) named.With(identity, FourModels.All[1] with { Digest = new string(identity[0], 64) });
        var sources = new ModelSources(champion) { Others = new Dictionary<string, IModelSource> { ["other"] = named } };
        await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Clock = clock, Models = new ModelOptions { Keep = 1, State = "nowhere" } });
        foreach (string identity in (string[])["y", "z"])
        {
            named.Now = identity;
            await RunningServer.UntilAsync(async () => await server.DigestAsync("?model=other") == new string(identity[0], 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        }

        foreach (string identity in (string[])["d", "a"])
        {
            champion.Now = identity;
            await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string(identity[0], 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        }

        Assert.Equal(["a", "d"], champion.Loads);
    }

    [Fact]
    public async Task A_model_that_is_rolled_back_while_it_loads_never_answers()
    {
        ScriptedSource source = new ScriptedSource("scripted") { Now = "a" }.With("a", FourModels.All[0]);
        source.With("b", () =>
        {
            source.Now = "a";
            return FourModels.All[1];
        });
        var onDuty = new List<string>();
        var watched = new WatchedModel(new DutyPart(ModelPart.Champion, null, source.Name), source, new RecentModels(3), _ => { }, TimeSpan.FromSeconds(1), new FakeTimeProvider());
        foreach (string identity in (string[])["a", "b", "a"])
        {
            source.Now = identity;
            await watched.CheckAsync(default);
            onDuty.Add(watched.Part.Model!.Digest[..1]);
        }

        Assert.Equal(["a", "a", "a"], onDuty);
        Assert.Equal(["a", "b"], source.Loads);
    }

    [Fact]
    public async Task What_cannot_be_loaded_is_tried_again_ever_more_rarely_and_logged_once()
    {
        var clock = new FakeTimeProvider();
        ScriptedSource source = new ScriptedSource("scripted").With("a", FourModels.All[0]).With("b", () => throw new InvalidInputException("it is damaged"));
        await using RunningServer server = await StartAsync(source, clock);
        source.Now = "b";
        int polls = 0;
        await RunningServer.UntilAsync(() => Task.FromResult(source.Loads.Count > 4), () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            polls++;
        });
        Assert.True(polls >= 7, $"{source.Loads.Count} loads in {polls} polls"); // pauses of 1, 2, 4 s before the loads after the first
        Assert.Equal(new string('a', 64), await server.DigestAsync());
        Assert.Single(server.Log.Lines, line => line.Contains("it is damaged", StringComparison.Ordinal));
        source.With("b", FourModels.All[1]);
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string('b', 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_model_that_gives_no_probabilities_is_not_put_on_duty()
    {
        var clock = new FakeTimeProvider();
        TextClassifier sound = FourModels.All[1].Classifier;
        var broken = new TextClassifier(sound.Classes, sound.Model, [double.NaN, double.NaN], sound.Calibrations, sound.Threshold);
        ScriptedSource source = new ScriptedSource("scripted").With("a", FourModels.All[0]).With("b", FourModels.All[1] with { Classifier = broken });
        await using RunningServer server = await StartAsync(source, clock);
        source.Now = "b";
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded", () => clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.Contains("no probabilities", (await server.GetAsync("/model/info")).Json.GetProperty("models")[0].GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(new string('a', 64), await server.DigestAsync());
    }

    [Fact]
    public async Task A_network_that_went_off_duty_is_let_go()
    {
        var clock = new FakeTimeProvider();
        var gone = new List<WeakReference>();
        ScriptedSource source = new ScriptedSource("scripted").With("a", () => SmallNetwork.Served('a', gone)).With("b", () => SmallNetwork.Served('b', gone));
        await using RunningServer server = await StartAsync(source, clock, keep: 0);
        Assert.Equal(new string('a', 64), await server.DigestAsync());
        source.Now = "b";
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == new string('b', 64), () => clock.Advance(TimeSpan.FromSeconds(1)));
        await RunningServer.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(!gone[0].IsAlive);
            },
            () => clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.True(gone[1].IsAlive);
        Assert.Equal(new string('b', 64), await server.DigestAsync());
    }

    private static async Task DamageAsync(string file)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
    }

    /// <summary>A tracking server, and the settings of another machine that trusts its models.</summary>
    private static async Task<(ModelOptions Models, WebApplication Tracking)> FromElsewhereAsync(TestRegistry registry)
    {
        Directory.CreateDirectory(Path.Combine(registry.Elsewhere, "trusted"));
        File.Copy(TrustedKeys.OwnKeyIn(registry.State) + ".pub", Path.Combine(registry.Elsewhere, "trusted", "here.pub"));
        WebApplication tracking = MlflowServer.Create(registry.Store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        return (registry.Options with { Tracking = (await MlflowServer.ListenAsync(tracking)).ToString(), State = registry.Elsewhere }, tracking);
    }

    private static async Task<RunningServer> StartAsync(IModelSource source, FakeTimeProvider clock, int keep = 2) =>
        await RunningServer.StartAsync(new ModelSources(source), RunningServer.Unlimited with { Clock = clock, Models = new ModelOptions { Keep = keep, State = "nowhere" } });

    private static async Task<WebApplication> ServeAsync(TestRegistry registry, Uri address)
    {
        WebApplication app = MlflowServer.Create(registry.Store, new MlflowServerOptions { Url = address.ToString() });
        await MlflowServer.ListenAsync(app);
        return app;
    }

    // A port that was free a moment ago.
    private static async Task<Uri> AddressAsync(TestRegistry registry)
    {
        await using WebApplication app = MlflowServer.Create(registry.Store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        return await MlflowServer.ListenAsync(app);
    }
}
