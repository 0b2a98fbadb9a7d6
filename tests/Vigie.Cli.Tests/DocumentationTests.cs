using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace Vigie.Cli.Tests;

/// <summary>What the documentation tells people to type works.</summary>
public sealed partial class DocumentationTests
{
    private static readonly RootCommand Root = Shell.Root(Program.Verbs, new CliSession().TerminalOver(TextWriter.Null, TextWriter.Null));

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "docs"), "*.md").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_on_a_page_parses(string page)
    {
        Assert.All(Blocks(page, "sh|console").SelectMany(block => block.Split('\n')).Where(line => line.StartsWith("./vigie ", StringComparison.Ordinal)), line =>
        {
            string[] words = [.. CommandLineParser.SplitCommandLine(line).TakeWhile(word => word is not (">" or "|")).Skip(1)];
            Assert.True(Root.Parse(words).Errors is [], $"{line}: {string.Join("; ", Root.Parse(words).Errors)}");
        });
    }

    [Fact]
    [UnsupportedOSPlatform("windows")] // the page is written for a POSIX shell
    public async Task The_tutorial_runs_from_top_to_bottom()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the tutorial is written for a POSIX shell");
        string folder = Directory.CreateTempSubdirectory("vigie-tutorial-").FullName;
        try
        {
            string vigie = Path.Combine(folder, "vigie");
            await File.WriteAllTextAsync(vigie, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Vigie.Cli.dll")}' \"$@\"\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(vigie, (UnixFileMode)0b111_101_101);
            string script = string.Join('\n', ["set -eu", $"cd '{folder}'", .. Blocks("tutorial.md", "sh")]);
            using ChildProcess shell = ChildProcess.Start("sh", "-c", script);
            Task<string> output = shell.OutAsync(), error = shell.ErrorAsync();

            Assert.True(await shell.ExitCodeAsync() == 0, await error);
            Assert.Contains("saved models/best", await output, StringComparison.Ordinal);
            // What the page shows is what comes out, but for the numbers: some are times, and the others move when a recipe gets better.
            string[] printed = [.. (await output).Split('\n').Select(Shape)];
            Assert.All(Blocks("tutorial.md", "").SelectMany(block => block.Split('\n')).Select(Shape), shown => Assert.Contains(shown, printed));
            Assert.Equal(3_000, (await File.ReadAllLinesAsync(Path.Combine(folder, "answers.jsonl"), TestContext.Current.CancellationToken)).Length);
            Assert.True(File.Exists(Path.Combine(folder, "figures", "learning_curve.png")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_sample_stands_on_its_page_as_it_is_built()
    {
        string program = File.ReadAllText(Path.Combine(SharedData.Repository, "samples", "TrackRuns", "Program.cs")).ReplaceLineEndings("\n");

        Assert.Contains(program.TrimEnd(), Blocks("mlflow-library.md", "csharp"));
    }

    private static IEnumerable<string> Blocks(string page, string languages) =>
        Fence().Matches(File.ReadAllText(Path.Combine(SharedData.Repository, "docs", page)).ReplaceLineEndings("\n"))
            .Where(fence => languages.Split('|').Contains(fence.Groups["language"].Value))
            .Select(fence => fence.Groups["body"].Value);

    [GeneratedRegex("""^```(?<language>\w*)\n(?<body>.*?)\n```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    private static string Shape(string line) => Spaces().Replace(Number().Replace(line, "#"), " ").Trim();

    [GeneratedRegex("[0-9a-f]{32}|[0-9a-f]{12}|[0-9][0-9.,]*")]
    private static partial Regex Number();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
