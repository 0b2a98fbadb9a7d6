using System.Diagnostics;
using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

/// <summary>A repository in a folder that lives as long as a test.</summary>
internal sealed class TestRepository : IDisposable
{
    public TestRepository(bool git = false)
    {
        if (git)
        {
            Git("init", "-q", "-b", "main");
            Git("config", "user.email", "maker@example.org");
            Git("config", "user.name", "Maker");
            Git("config", "commit.gpgsign", "false");
        }
        PipelineConfig.Create(Root, withoutGit: !git);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("vigie-pipeline-").FullName;

    public string this[string path] => Path.Combine(Root, path);

    public TestRepository Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
        return this;
    }

    public string Read(string path) => File.ReadAllText(this[path]);

    public PipelineWorkspace Open(string folder = "") => PipelineWorkspace.Open(this[folder], TimeProvider.System);

    /// <summary>Brings stages up to date, and says what became of each: <c>train:Ran</c>.</summary>
    public string[] Reproduce(ReproductionOptions? options = null, params string[] targets) => [.. Reports(options, targets).Select(report => $"{report.Stage.Name}:{report.Outcome}")];

    public IReadOnlyList<StageReport> Reports(ReproductionOptions? options = null, params string[] targets)
    {
        using PipelineWorkspace workspace = Open();
        return new Reproduction(workspace, options ?? new ReproductionOptions()) { Output = (_, _) => { } }.RunAsync(targets, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>The stages that have changed.</summary>
    public string[] Changed()
    {
        using PipelineWorkspace workspace = Open();
        var inspection = new StageInspection(workspace);
        return [.. workspace.Pipeline.Stages.Where(stage => inspection.Of(stage).IsChanged).Select(stage => stage.Name)];
    }

    public string Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.Trim();
    }

    public void CommitAll(string message)
    {
        Git("add", "-A");
        Git("commit", "-q", "-m", message);
    }

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(Root, recursive: true);
    }
}
