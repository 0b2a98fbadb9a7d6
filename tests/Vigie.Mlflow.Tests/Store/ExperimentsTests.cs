using Microsoft.Extensions.Time.Testing;

namespace Vigie.Mlflow.Tests;

public sealed class ExperimentsTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_default_experiment_is_there_once(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using (await database.OpenStoreAsync()) { }
        await using MlflowStore store = await database.OpenStoreAsync();

        Experiment found = await store.Experiments.GetAsync("0");

        Assert.Equal(("Default", "mlflow-artifacts:/0", "active"), (found.Name, found.ArtifactLocation, found.LifecycleStage));
        Assert.Equal("1", await store.Experiments.CreateAsync("first"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_experiment_gives_back_what_it_was_made_of(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1000));
        await using MlflowStore store = await database.OpenStoreAsync(clock);
        string id = await store.Experiments.CreateAsync("été 🛫", "s3://bucket/x", [new Tag("b", ""), new Tag("a", "1")]);
        clock.Advance(TimeSpan.FromSeconds(1));
        await store.Experiments.SetTagAsync(id, new Tag("a", "2"));
        await store.Experiments.DeleteTagAsync(id, "b");

        Experiment found = await store.Experiments.GetByNameAsync("été 🛫");

        Assert.Equal(new Experiment(id, "été 🛫", "s3://bucket/x", "active", 2000, 1000, []), found with { Tags = [] });
        Assert.Equal([new Tag("a", "2")], found.Tags);
        await Refused(ErrorCode.ResourceDoesNotExist, store.Experiments.DeleteTagAsync(id, "b"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_name_is_given_once_also_when_many_ask_and_also_among_the_deleted(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();

        Task<string>[] tries = [.. Enumerable.Range(0, 10).Select(_ => store.Experiments.CreateAsync("same"))];
        await Task.WhenAll(tries.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        string id = await Assert.Single(tries, task => task.IsCompletedSuccessfully);
        Assert.All(tries.Where(task => task.IsFaulted), task => Assert.Equal(ErrorCode.ResourceAlreadyExists, Assert.IsType<MlflowException>(task.Exception!.InnerException).Code));
        await store.Experiments.DeleteAsync(id);
        await Refused(ErrorCode.ResourceAlreadyExists, store.Experiments.CreateAsync("same"));
        await Refused(ErrorCode.ResourceAlreadyExists, store.Experiments.RenameAsync("0", "same"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deleting_and_restoring_takes_along_the_runs_that_were_active(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        var clock = new FakeTimeProvider();
        await using MlflowStore store = await database.OpenStoreAsync(clock);
        string id = await store.Experiments.CreateAsync("x");
        string kept = (await store.Runs.CreateAsync(id)).Info.RunId, gone = (await store.Runs.CreateAsync(id)).Info.RunId;
        await store.Runs.DeleteAsync(gone);
        clock.Advance(TimeSpan.FromSeconds(1));

        await store.Experiments.DeleteAsync(id);

        Assert.Equal("deleted", (await store.Experiments.GetAsync(id)).LifecycleStage);
        Assert.Equal("deleted", (await store.Runs.GetAsync(kept)).Info.LifecycleStage);
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.CreateAsync(id));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.SetTagAsync(id, new Tag("a", "b")));
        await Refused(ErrorCode.InvalidState, store.Experiments.RenameAsync(id, "y"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Experiments.DeleteAsync(id));

        clock.Advance(TimeSpan.FromSeconds(1));
        await store.Experiments.RestoreAsync(id);

        Assert.Equal("active", (await store.Runs.GetAsync(kept)).Info.LifecycleStage);
        Assert.Equal("deleted", (await store.Runs.GetAsync(gone)).Info.LifecycleStage);
        await Refused(ErrorCode.ResourceDoesNotExist, store.Experiments.RestoreAsync(id));
        await store.Experiments.RenameAsync(id, "y");
        Assert.Equal("y", (await store.Experiments.GetAsync(id)).Name);
    }

    [Fact]
    public async Task What_is_not_allowed_is_refused_by_name()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();

        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.CreateAsync(""));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.CreateAsync(new string('x', 501)));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.CreateAsync("x", "runs:/abc/model"));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.CreateAsync("a\0b"));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.GetAsync("abc"));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.GetAsync("-1"));
        await Refused(ErrorCode.InvalidParameterValue, store.Experiments.GetAsync("99999999999999999999"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Experiments.GetAsync("77"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Experiments.GetByNameAsync("none"));
        Assert.Equal("1", await store.Experiments.CreateAsync(new string('é', 500))); // nothing above left anything behind
    }

    private static async Task Refused(string code, Task call) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(() => call)).Code);
}
