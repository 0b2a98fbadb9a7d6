using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

public sealed class MlflowEnvironmentTests
{
    private static MlflowEnvironment Read(params (string Name, string Value)[] variables) =>
        MlflowEnvironment.Read(variables.ToDictionary(pair => pair.Name, pair => pair.Value).GetValueOrDefault);

    [Fact]
    public void Variables_become_options()
    {
        MlflowEnvironment environment = Read(
            ("MLFLOW_TRACKING_URI", " http://127.0.0.1:5000/ "), ("MLFLOW_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", " spaced "),
            ("MLFLOW_TRACKING_TOKEN", "t0ken"), ("MLFLOW_TRACKING_INSECURE_TLS", "TRUE"), ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2"), ("MLFLOW_EXPERIMENT_NAME", "tweets"), ("MLFLOW_RUN_ID", "abc"));

        MlflowClientOptions options = MlflowClientOptions.From(environment);

        Assert.Equal(new Uri("http://127.0.0.1:5000/"), options.Server);
        Assert.Equal((" spaced ", "t0ken", true, 2), (options.Password, options.Token, options.InsecureTls, options.Retries));
        Assert.Equal(("tweets", "abc"), (RunStart.From(environment).ExperimentName, RunStart.From(environment).RunId));
    }

    [Fact]
    public void Text_shows_no_secret()
    {
        string text = Read(("MLFLOW_TRACKING_URI", "http://ann:hush@host:5000"), ("MLFLOW_TRACKING_PASSWORD", "hush"), ("MLFLOW_TRACKING_TOKEN", "hush")).ToString();

        Assert.Contains("http://host:5000", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", Read(("MLFLOW_TRACKING_URI", "postgresql://ann:hush@host/db")).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is unset")]
    [InlineData("sqlite:///mlflow.db", "needs a server's address")]
    [InlineData("databricks", "needs a server's address")]
    [InlineData("http://", "needs a server's address")]
    public void An_address_that_is_no_servers_is_refused(string address, string why)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => MlflowClientOptions.From(Read(("MLFLOW_TRACKING_URI", address))));

        Assert.Contains("MLFLOW_TRACKING_URI", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_that_is_neither_yes_nor_no_is_refused()
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => Read(("MLFLOW_TRACKING_INSECURE_TLS", "maybe")));

        Assert.Contains("MLFLOW_TRACKING_INSECURE_TLS is 'maybe'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("21")]
    [InlineData("many")]
    public void A_number_of_retries_out_of_range_is_refused(string value)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => Read(("MLFLOW_HTTP_REQUEST_MAX_RETRIES", value)));

        Assert.Contains($"MLFLOW_HTTP_REQUEST_MAX_RETRIES is '{value}'; it must be a whole number from 0 to 20", refused.Message, StringComparison.Ordinal);
    }
}
