namespace Vigie.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Dependencies_of_the_library_run_one_way() =>
        Clean(SourcesUnder("src/Vigie").SelectMany(file => Architecture.BackwardUses(file.Path["src/Vigie/".Length..], file.Text)));

    [Fact]
    public void Dependencies_of_the_MLflow_library_run_one_way() =>
        Clean(SourcesUnder("src/Vigie.Mlflow").SelectMany(file => Architecture.BackwardUsesInMlflow(file.Path["src/Vigie.Mlflow/".Length..], file.Text)));

    [Fact]
    public void Projects_refer_to_what_their_place_allows() =>
        Clean(Directory.GetFiles(At("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(file => Architecture.WrongReferences(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))));

    [Fact]
    public void No_failure_is_swallowed() =>
        Clean(AllSources
            .Where(file => !file.Path.EndsWith("/ArchitectureTests.cs", StringComparison.Ordinal)) // holds examples of it
            .SelectMany(file => Architecture.SwallowedFailures(file.Path, file.Text)));

    [Fact]
    public void No_file_is_too_long() => Clean(AllSources.SelectMany(file => Architecture.TooLong(file.Path, file.Text)));

    [Theory]
    [InlineData("Text/Stemmer.cs", "using Vigie.Models;\nnamespace Vigie.Text;", "Text may not use Vigie.Models")]
    [InlineData("Text/Stemmer.cs", "namespace Vigie.Text;\nclass A : Vigie.Features.B;", "Text may not use Vigie.Features")]
    [InlineData("Text/Stemmer.cs", "using static Vigie.Bundles.Manifest;", "Text may not use Vigie.Bundles")]
    [InlineData("Text/Stemmer.cs", "namespace Vigie.Tweets;", "namespace Vigie.Tweets should be Vigie.Text")]
    [InlineData("TextHash.cs", "using Vigie.Tweets;\nnamespace Vigie;", "the root may not use Vigie.Tweets")]
    [InlineData("Helpers/A.cs", "namespace Vigie.Helpers;", "the folder Helpers has no place")]
    [InlineData("Models/A.cs", "using Vigie.Text;\nusing Vigie.Features;\nnamespace Vigie.Models;\n/// <see cref=\"Vigie.Bundles.Manifest\"/>", null)]
    public void A_backward_use_is_found(string path, string text, string? complaint) => Found(Architecture.BackwardUses(path, text), complaint);

    [Theory]
    [InlineData("Artifacts/S3.cs", "using Vigie.Mlflow.Security;\nnamespace Vigie.Mlflow.Artifacts;", "Artifacts may not use Vigie.Mlflow.Security")]
    [InlineData("Search/Filter.cs", "namespace Vigie.Mlflow;\nclass A : Vigie.Mlflow.Server.B;", "Search may not use Vigie.Mlflow.Server")]
    [InlineData("Store/Runs.cs", "namespace Vigie.Mlflow.Store;", "namespace Vigie.Mlflow.Store should be Vigie.Mlflow")]
    [InlineData("Helpers/A.cs", "namespace Vigie.Mlflow.Helpers;", "the folder Helpers has no place")]
    [InlineData("Store/MlflowStore.cs", "using Vigie.Mlflow.Security;\nnamespace Vigie.Mlflow;", null)]
    [InlineData("Client/A.cs", "using Vigie.Mlflow.Server;\nnamespace Vigie.Mlflow.Client;\n/// <see cref=\"Vigie.Mlflow.Import.B\"/>", null)]
    public void A_backward_use_in_the_MLflow_library_is_found(string path, string text, string? complaint) => Found(Architecture.BackwardUsesInMlflow(path, text), complaint);

    [Theory]
    [InlineData("Vigie.Server", "../Vigie.Cli/Vigie.Cli.csproj", "may not refer to Vigie.Cli")]
    [InlineData("Vigie.Mlflow", "../Vigie/Vigie.csproj", "may not refer to Vigie")]
    [InlineData("Vigie.Extras", "../Vigie/Vigie.csproj", "has no entry")]
    [InlineData("Vigie.Server", "..\\Vigie\\Vigie.csproj", null)]
    public void A_wrong_reference_is_found(string project, string reference, string? complaint) =>
        Found(Architecture.WrongReferences(project, $"<Project><ItemGroup><ProjectReference Include=\"{reference}\" /></ItemGroup></Project>"), complaint);

    [Theory]
    [InlineData("try { F(); } catch { }", "a.cs:1: an empty catch")]
    [InlineData("try { F(); }\ncatch (IOException)\n{\n    // nothing to do\n}", "a.cs:2: an empty catch")]
    [InlineData("try { F(); } catch (Exception e) { Log(e); }", "catches everything")]
    [InlineData("try { F(); } catch { Log(); }", "catches everything")]
    [InlineData("try { F(); } catch { if (x) { Delete(path); } throw; }", null)]
    [InlineData("try { F(); } catch (Exception e) when (e is A or B && !stop.IsSet()) { Log(e); }", null)]
    [InlineData("try { F(); } catch (IOException e) { Log(e); }", null)]
    public void A_swallowed_failure_is_found(string text, string? complaint) => Found(Architecture.SwallowedFailures("a.cs", text), complaint);

    [Theory]
    [InlineData(Architecture.LongestFile, null)]
    [InlineData(Architecture.LongestFile + 1, "501 lines")]
    public void A_long_file_is_found(int lines, string? complaint) =>
        Found(Architecture.TooLong("a.cs", string.Concat(Enumerable.Repeat("x\n", lines))), complaint);

    private static IEnumerable<(string Path, string Text)> AllSources
    {
        get
        {
            var sources = SourcesUnder("src").Concat(SourcesUnder("tests")).ToList();
            Assert.True(sources.Count > 10, $"only {sources.Count} sources under {SharedData.Repository}");
            return sources;
        }
    }

    private static IEnumerable<(string Path, string Text)> SourcesUnder(string folder) =>
        Directory.EnumerateFiles(At(folder), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".cs" or ".razor")
            .Select(path => Path.GetRelativePath(SharedData.Repository, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(At(path))));

    private static string At(string path) => Path.Combine(SharedData.Repository, path);

    private static void Clean(IEnumerable<string> complaints) => Assert.Equal([], complaints);

    private static void Found(IEnumerable<string> complaints, string? complaint)
    {
        if (complaint is null) Assert.Empty(complaints);
        else Assert.Contains(complaint, Assert.Single(complaints), StringComparison.Ordinal);
    }
}
