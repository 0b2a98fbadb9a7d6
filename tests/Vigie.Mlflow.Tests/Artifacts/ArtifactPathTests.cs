using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Tests.Artifacts;

public sealed class ArtifactPathTests
{
    [Theory]
    [InlineData("model.onnx")]
    [InlineData("1/0123/artifacts/café/模型/mod\u00e8le 😀.txt")]
    [InlineData("a b/c%d/100%/50%25.txt")]
    [InlineData("..a/b../...")]
    [InlineData("a/C:b")]
    [InlineData("a;b=c&d#e?f")]
    public void Names_of_any_alphabet_stay_as_they_are(string path)
    {
        Assert.Equal(path, ArtifactPath.Parse(path).Value);
        Assert.Equal(path, ArtifactPath.Parse(path + "/").Value);
    }

    [Fact]
    public void The_empty_path_is_the_root()
    {
        Assert.True(ArtifactPath.Parse("").IsRoot);
        Assert.Equal(default, ArtifactPath.Root);
        Assert.Equal("a/b", ArtifactPath.Parse("a").Append(ArtifactPath.Parse("b")).Append(ArtifactPath.Root).Value);
        Assert.Equal("b", ArtifactPath.Parse("a/b").Name);
    }

    // As the Python client's log_image names files: each is one name, whatever a second decoding would make of it.
    [Theory]
    [InlineData("images/dogs%step%0%timestamp%1700000000000%g61737fa-b404-44b6-b9b9-1c9c27226360.png")]
    [InlineData("images/dogs#a%step%12%timestamp%1700000000000%kb1737fa-b404-44b6-b9b9-1c9c27226360%compressed.webp")]
    public void Names_of_logged_images_are_names(string path) => Assert.Equal(path, ArtifactPath.Parse(path).Value);

    [Theory]
    [InlineData("a%0d%0ab")]
    [InlineData("a%250ab")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/..")]
    [InlineData("a//b")]
    [InlineData("//")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("//server/share")]
    [InlineData("..\\a")]
    [InlineData("a\\b")]
    [InlineData("C:/Windows")]
    [InlineData("c:secret")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("%2e%2e/a")]
    [InlineData("%252e%252e%252fa")]
    [InlineData("..%5ca")]
    [InlineData("..%255ca")]
    [InlineData("a%2fb")]
    [InlineData("a%252f..%252fb")]
    [InlineData("%2fetc/passwd")]
    [InlineData("a%00b")]
    [InlineData(".vigie/uploads")]
    [InlineData(".VIGIE")]
    [InlineData("%2evigie/uploads")]
    public void Paths_that_could_lead_out_are_refused(string path)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => ArtifactPath.Parse(path));

        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
        Assert.Contains("artifact path '", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_UTF16_is_refused() => Assert.Throws<MlflowException>(() => ArtifactPath.Parse("a\uD800b")); // an attribute cannot hold it

    [Fact]
    public void Too_long_is_refused_by_bytes()
    {
        Assert.Equal(255, ArtifactPath.Parse(new string('a', 255)).Value.Length);
        Assert.Throws<MlflowException>(() => ArtifactPath.Parse(new string('a', 256)));
        Assert.Throws<MlflowException>(() => ArtifactPath.Parse(new string('é', 128)));
        string half = string.Join('/', Enumerable.Repeat(new string('a', 101), 6));
        ArtifactPath path = ArtifactPath.Parse(half);
        Assert.Throws<MlflowException>(() => path.Append(path));
    }

    [Fact]
    public void Texts_that_broke_others_are_taken_or_refused()
    {
        foreach (string text in NaughtyStrings.Texts)
        {
            try
            {
                string path = ArtifactPath.Parse(text).Value;
                Assert.DoesNotContain("..", path.Split('/'));
                Assert.True(path.Length == 0 || path == text || path + "/" == text);
            }
            catch (MlflowException exception)
            {
                Assert.Equal(ErrorCode.InvalidParameterValue, exception.Code);
            }
        }
    }
}
