using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Security;

public sealed class ArtifactLocationsTests
{
    private static readonly string[] Roots = ["s3://team/mlflow/", "file:///srv/artifacts"];

    [Theory]
    [InlineData("mlflow-artifacts:/team", "mlflow-artifacts:/team")]
    [InlineData("mlflow-artifacts:/team/", "mlflow-artifacts:/team")]
    [InlineData("mlflow-artifacts:///équipe/données", "mlflow-artifacts:/équipe/données")]
    [InlineData("MLFLOW-ARTIFACTS:/a/b", "mlflow-artifacts:/a/b")]
    [InlineData("s3://team/mlflow", "s3://team/mlflow")]
    [InlineData("s3://team/mlflow/x/", "s3://team/mlflow/x")]
    [InlineData("file:///srv/artifacts/x", "file:///srv/artifacts/x")]
    public void A_place_of_the_server_is_taken(string location, string expected) => Assert.Equal(expected, ArtifactLocations.Checked(location, Roots));

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("https://example.org/a")]
    [InlineData("ftp://example.org/a")]
    [InlineData("file:///etc")]
    [InlineData("file:///srv/artifacts/../../etc")]
    [InlineData("file:///srv/artifacts/%2e%2e/%2e%2e/etc")]
    [InlineData("file:///srv/artifacts/%252e%252e/etc")]
    [InlineData("file:///srv/artifacts-of-others/x")]
    [InlineData("file://host/srv/artifacts")]
    [InlineData("/etc")]
    [InlineData("relative/folder")]
    [InlineData("C:\\Users")]
    [InlineData("C:/Users")]
    [InlineData("\\\\host\\share")]
    [InlineData("s3://other/mlflow/x")]
    [InlineData("s3://team/mlflowx")]
    [InlineData("s3://team/mlflow/../x")]
    [InlineData("mlflow-artifacts://host/team")]
    [InlineData("mlflow-artifacts://169.254.169.254:80/team")]
    [InlineData("mlflow-artifacts:/../etc")]
    [InlineData("mlflow-artifacts:/a/../../etc")]
    [InlineData("mlflow-artifacts:/a/%2e%2e/b")]
    [InlineData("mlflow-artifacts:/a?path=../b")]
    [InlineData("mlflow-artifacts:/a#/../../b")]
    [InlineData("mlflow-artifacts:/a\\..\\b")]
    [InlineData("gopher://example.org")]
    [InlineData("")]
    public void Every_other_place_is_refused(string location)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => ArtifactLocations.Checked(location, Roots));
        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
    }

    [Theory]
    [InlineData("models:/m-0123")]
    [InlineData("models:/name/1")]
    [InlineData("runs:/abc/model")]
    [InlineData("mlflow-artifacts:/1/abc/artifacts/model")]
    [InlineData("s3://anything/x")]
    [InlineData("dbfs:/x")]
    [InlineData("file:///srv/artifacts/1/model")]
    public void A_source_that_the_server_need_not_fetch_is_taken(string source) => Assert.Equal(source, ArtifactLocations.CheckedSource(source, Roots));

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("./model")]
    [InlineData("http://169.254.169.254/")]
    [InlineData("HTTPS://example.org/")]
    [InlineData("mlflow-artifacts:/../../etc")]
    [InlineData("mlflow-artifacts://host/x")]
    [InlineData("runs:/abc/../../etc")]
    [InlineData("runs:/abc/%2e%2e/%2e%2e/etc")]
    [InlineData("s3://team/../x")]
    public void A_source_on_the_servers_disk_or_to_be_fetched_is_refused(string source) =>
        Assert.Throws<MlflowException>(() => ArtifactLocations.CheckedSource(source, Roots));
}
