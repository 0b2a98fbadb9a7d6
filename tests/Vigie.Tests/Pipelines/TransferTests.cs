using System.Net;
using Vigie.Mlflow.Tests.Artifacts;
using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

/// <summary>The same questions to each kind of remote that can be written.</summary>
public sealed class TransferTests(S3Server s3) : IClassFixture<S3Server>, IDisposable
{
    private readonly TestRepository one = new(), other = new();
    private readonly string storage = Directory.CreateTempSubdirectory("vigie-remote-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
        Directory.Delete(storage, recursive: true);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("s3")]
    public async Task Contents_go_there_and_come_back_into_another_cache(string kind)
    {
        UseRemote(kind, one, other);
        one.Write("d/a", "one").Write("d/b", "two").Write("f", new string('x', 100_000));
        ContentId[] contents;
        using (PipelineWorkspace workspace = one.Open()) contents = [workspace.Store.Add(one["d"], null, Cancel), workspace.Store.Add(one["f"], null, Cancel)];
        using (Transfer push = Transfer.To(one.Open().Config, null, 4, TimeProvider.System))
        {
            Assert.Equal(2, (await push.CompareAsync(contents, Cancel)).MissingThere.Count);
            Assert.Equal(4, await push.PushAsync(contents, null, Cancel));
            Assert.Equal(0, await push.PushAsync(contents, null, Cancel));
            Assert.Empty((await push.CompareAsync(contents, Cancel)).MissingThere);
        }
        using (Transfer pull = Transfer.To(other.Open().Config, null, 4, TimeProvider.System))
        {
            Assert.Equal(2, (await pull.CompareAsync(contents, Cancel)).MissingHere.Count);
            Assert.Equal(4, await pull.FetchAsync(contents, null, Cancel));
        }
        using (PipelineWorkspace workspace = other.Open())
        {
            workspace.Store.Checkout(contents[0], other["d"], null, Cancel);
            Assert.Equal(("one", "two"), (other.Read("d/a"), other.Read("d/b")));
        }

        using Transfer collect = Transfer.To(one.Open().Config, null, 4, TimeProvider.System);
        Assert.Equal(1, await collect.CollectAsync(UsedContents.Names(one.Open().Store, [contents[0]]), dryRun: false, Cancel));
        Assert.Equal([contents[1]], (await collect.CompareAsync(contents, Cancel)).MissingThere);
        MissingContentException missing = await Assert.ThrowsAsync<MissingContentException>(() => collect.FetchAsync([contents[1] with { Md5 = "00000000000000000000000000000000" }], null, Cancel));
        Assert.Single(missing.Names);
    }

    [Fact]
    public async Task The_run_cache_goes_along()
    {
        UseRemote("folder", one, other);
        const string stages = "stages:\n  a: {cmd: echo made > out && echo ran >> log, deps: [in], outs: [out]}\n";
        foreach (TestRepository repository in (TestRepository[])[one, other]) repository.Write("in", "x").Write("dvc.yaml", stages);
        one.Reproduce();
        using (PipelineWorkspace workspace = one.Open())
        using (Transfer push = Transfer.To(workspace.Config, null, 2, TimeProvider.System))
        {
            await push.PushAsync([.. UsedContents.Of(PipelineView.OfWorkspace(workspace), null, toRemote: true)], null, Cancel);
            Assert.Equal(1, await push.PushRunsAsync(Cancel));
        }
        Directory.CreateDirectory(Path.Combine(storage, "runs", "zz"));
        File.WriteAllText(Path.Combine(storage, "runs", "zz", "not an entry"), "x");
        using (Transfer pull = Transfer.To(other.Open().Config, null, 2, TimeProvider.System))
        {
            Assert.Equal(1, await pull.FetchRunsAsync(Cancel));
        }
        Assert.Equal(["a:Restored"], other.Reproduce(new ReproductionOptions { Pull = true }));
        Assert.Equal(("made\n", false), (other.Read("out"), File.Exists(other["log"])));
    }

    [Fact]
    public async Task Missing_data_are_pulled_before_stages_that_read_them_run()
    {
        UseRemote("folder", one, other);
        const string stages = "stages:\n  a: {cmd: cp in out, deps: [in], outs: [out]}\n";
        one.Write("in", "x").Write("dvc.yaml", stages);
        using (PipelineWorkspace workspace = one.Open())
        {
            ContentId content = new DataAddition(workspace).Add(one["in"], null, Cancel).Content;
            using Transfer push = Transfer.To(workspace.Config, null, 1, TimeProvider.System);
            await push.PushAsync([content], null, Cancel);
        }
        other.Write("dvc.yaml", stages).Write("in.dvc", one.Read("in.dvc"));
        Assert.Equal(["in.dvc:Failed", "a:NotBegun"], other.Reproduce());
        Assert.Equal(["in.dvc:Ran", "a:Ran"], other.Reproduce(new ReproductionOptions { Pull = true }));
        Assert.Equal("x", other.Read("out"));
    }

    [Fact]
    public async Task A_damaged_remote_is_noticed_and_nothing_of_it_gets_a_name()
    {
        UseRemote("folder", one, other);
        one.Write("f", "content");
        ContentId content;
        using (PipelineWorkspace workspace = one.Open()) content = workspace.Store.Add(one["f"], null, Cancel);
        using (Transfer push = Transfer.To(one.Open().Config, null, 1, TimeProvider.System)) await push.PushAsync([content], null, Cancel);
        string kept = Path.Combine(storage, "files", "md5", content.Md5[..2], content.Md5[2..]);
        File.SetAttributes(kept, FileAttributes.Normal);
        File.WriteAllText(kept, "forged!");
        using Transfer pull = Transfer.To(other.Open().Config, null, 1, TimeProvider.System);
        Assert.Equal([content.Md5], (await Assert.ThrowsAsync<MissingContentException>(() => pull.FetchAsync([content], null, Cancel))).Names);
        using PipelineWorkspace here = other.Open();
        Assert.Empty(here.Store.All());
    }

    [Fact]
    public async Task A_web_server_is_read_from_where_a_transfer_was_cut_off()
    {
        byte[] bytes = new byte[300_000];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i * 31 >> 3);
        one.Write("f", "").Write("dvc.yaml", "");
        File.WriteAllBytes(one["f"], bytes);
        ContentId content;
        using (PipelineWorkspace workspace = one.Open()) content = workspace.Store.Add(one["f"], null, Cancel);
        using var listener = new HttpListener();
        string address = Listen(listener);
        var asked = new List<string>();
        Task serving = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                string? range = context.Request.Headers["Range"];
                asked.Add(range ?? "whole");
                int from = range is null ? 0 : int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
                context.Response.StatusCode = from > 0 ? 206 : 200;
                if (from > 0) context.Response.Headers["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
                context.Response.ContentLength64 = bytes.Length - from;
                await context.Response.OutputStream.WriteAsync(bytes.AsMemory(from));
                context.Response.Close();
            }
        }, Cancel);
        other.Write(".dvc/config", $"[core]\n    no_scm = True\n    remote = web\n['remote \"web\"']\n    url = {address}\n");
        Directory.CreateDirectory(other[".dvc/cache/transfers"]);
        File.WriteAllBytes(other[$".dvc/cache/transfers/{content.Md5}"], bytes[..100_000]);
        using (Transfer pull = Transfer.To(other.Open().Config, null, 1, TimeProvider.System))
        {
            Assert.Equal(1, await pull.FetchAsync([content], null, Cancel));
            Assert.Contains("only be read", (await Assert.ThrowsAsync<PipelineException>(() => pull.PushAsync([content], null, Cancel))).Message, StringComparison.Ordinal);
        }
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
        Assert.Equal(["bytes=100000-"], asked);
        using PipelineWorkspace here = other.Open();
        Assert.True(here.Store.IsIntact(content.Md5));
    }

    [Fact]
    public void Settings_are_read_and_written_as_DVC_does()
    {
        one.Write(".dvc/config", "# ours\n[core]\n    no_scm = True\n    remote = s3 # the big one\n['remote \"s3\"']\n    url = s3://bucket/path\n['remote \"disk\"']\n    url = ../../elsewhere\n").Write(".dvc/config.local", "['remote \"s3\"']\n    secret_access_key = \"hush # hush\"\n");
        PipelineConfig config = one.Open().Config;
        Assert.Equal(("s3", "hush # hush", Path.GetFullPath(Path.Combine(one.Root, "..", "elsewhere")), false), (config.DefaultRemote, config.Remotes["s3"].Settings["secret_access_key"], config.Remotes["disk"].Url, config.HasGit));
        Assert.Equal("s3", config.Remotes["s3"].ToString()); // no secret

        var file = new ConfigFile(config.MainFile);
        file.Set(ConfigFile.RemoteSection("s3"), "url", "s3://other");
        file.Set(ConfigFile.RemoteSection("new"), "url", "x");
        file.Set("core", "autostage", "true");
        file.Remove(ConfigFile.RemoteSection("disk"));
        file.Save();
        Assert.Equal("# ours\n[core]\n    no_scm = True\n    remote = s3 # the big one\n    autostage = true\n['remote \"s3\"']\n    url = s3://other\n['remote \"new\"']\n    url = x\n", one.Read(".dvc/config"));

        File.Delete(config.LocalFile);
        one.Write(".dvc/config", "[core]\n    remote = none\n");
        Assert.Contains("'none', which is no remote", Assert.Throws<PipelineException>(() => one.Open()).Message, StringComparison.Ordinal);
        one.Write(".dvc/config", "[core]\nwhat is this\n");
        Assert.Contains("config:2:1: 'what is this'", Assert.Throws<PipelineException>(() => one.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_process_at_a_time_changes_a_repository()
    {
        PipelineConfig config = one.Open().Config;
        using (RepositoryLock held = await RepositoryLock.TakeAsync(config, TimeSpan.Zero, null, TimeProvider.System, Cancel))
        {
            string? holder = null;
            PipelineException refused = await Assert.ThrowsAsync<PipelineException>(() => RepositoryLock.TakeAsync(config, TimeSpan.FromMilliseconds(120), who => holder = who, TimeProvider.System, Cancel));
            string own = OperatingSystem.IsLinux() ? $"process {Environment.ProcessId}" : "another process";
            Assert.StartsWith($"{own} works on {one.Root}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(own, holder);
        }
        using RepositoryLock free = await RepositoryLock.TakeAsync(config, TimeSpan.Zero, null, TimeProvider.System, Cancel);
    }

    private void UseRemote(string kind, params TestRepository[] repositories)
    {
        string settings = kind == "folder"
            ? $"    url = {storage}\n"
            : $"    url = s3://{S3Server.Bucket}/{Path.GetFileName(storage)}\n    endpointurl = {s3.Endpoint.ToString().TrimEnd('/')}\n    access_key_id = {S3Server.Key}\n    secret_access_key = {S3Server.Key}\n";
        foreach (TestRepository repository in repositories) repository.Write(".dvc/config", $"[core]\n    no_scm = True\n    remote = there\n['remote \"there\"']\n{settings}");
    }

    private static string Listen(HttpListener listener)
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        string address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        listener.Prefixes.Add(address);
        listener.Start();
        return address;
    }
}
