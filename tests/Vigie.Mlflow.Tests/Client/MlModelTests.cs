namespace Vigie.Mlflow.Tests.Client;

public sealed class MlModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-mlmodel-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        MlModel model = MlModel.Onnx("model.onnx", "1.10", new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero)) with
        {
            RunId = "0123",
            ModelId = "m-1",
            ArtifactPath = "model",
            Signature = new MlModelSignature("""[{"type": "string", "name": "text"}]""", null),
        };
        model.Write(folder);

        string text = File.ReadAllText(Path.Combine(folder, "MLmodel"));
        Assert.Contains("  python_function:\n    data: model.onnx\n    loader_module: mlflow.onnx\n", text, StringComparison.Ordinal);
        MlModel read = MlModel.Read(folder);
        Assert.Equal((model.RunId, model.ModelId, model.ModelUuid, model.CreatedAt, model.Signature, model.ArtifactPath), (read.RunId, read.ModelId, read.ModelUuid, read.CreatedAt, read.Signature, read.ArtifactPath));
        Assert.Equal("1.10", read.Flavors["onnx"]["onnx_version"]);
        Assert.Equal(["CPUExecutionProvider"], Assert.IsType<object[]>(read.Flavors["onnx"]["providers"]));
        Assert.Null(read.Flavors["onnx"]["code"]);
    }

    [Fact]
    public void What_MLflow_writes_is_read()
    {
        File.WriteAllText(Path.Combine(folder, "MLmodel"), """
            artifact_path: model
            flavors:
              python_function:
                env:
                  conda: conda.yaml
                loader_module: mlflow.sklearn
                python_version: 3.11.9
              sklearn:
                code: null
                pickled_model: model.pkl
                sklearn_version: 1.5.2
            mlflow_version: 2.22.0
            model_uuid: 5ecf3ab0
            run_id: 0123
            signature:
              inputs: '[{"type": "string"}]'
              outputs: '[{"type": "long"}]'
              params: null
            utc_time_created: '2025-05-06 07:08:09.101112'
            """);

        MlModel read = MlModel.Read(folder);

        Assert.Equal("conda.yaml", Assert.IsType<Dictionary<string, object?>>(read.Flavors["python_function"]["env"])["conda"]);
        Assert.Equal(("0123", "[{\"type\": \"long\"}]"), (read.RunId, read.Signature!.Outputs));
        Assert.Equal(new DateTimeOffset(2025, 5, 6, 7, 8, 9, TimeSpan.Zero).AddTicks(1011120), read.CreatedAt);
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("run_id: 1")]
    [InlineData("flavors:\n  onnx: 7")]
    [InlineData("flavors:\n  onnx: &a\n    x: *a")]
    public void What_is_no_MLmodel_is_refused(string text)
    {
        File.WriteAllText(Path.Combine(folder, "MLmodel"), text);

        Assert.Throws<InvalidDataException>(() => MlModel.Read(folder));
    }

    [Fact]
    public void A_folder_without_one_is_refused() => Assert.Throws<InvalidDataException>(() => MlModel.Read(folder));
}
