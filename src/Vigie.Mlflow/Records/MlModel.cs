using System.Globalization;
using System.Security.Cryptography;

using Vigie.Mlflow.Import;

using YamlDotNet.Serialization;

namespace Vigie.Mlflow;

/// <summary>
/// The file <c>MLmodel</c> of a model folder: which programs can load the model, and what goes in and comes out. A flavor's values are texts, numbers,
/// booleans, null, and lists and mappings of these.
/// </summary>
public sealed record MlModel
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "MLmodel";

    /// <summary>Name of the flavor that MLflow's clients load without knowing more.</summary>
    public const string PythonFunction = "python_function";

    /// <summary>Ways to load the model, by name.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Flavors { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public string? ModelUuid { get; init; }

    /// <summary>The logged model of MLflow 3.</summary>
    public string? ModelId { get; init; }

    /// <summary>The run that made it.</summary>
    public string? RunId { get; init; }

    /// <summary>The model's folder below the run's artifacts.</summary>
    public string? ArtifactPath { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The version of MLflow that its keys follow.</summary>
    public string? MlflowVersion { get; init; }

    /// <summary>What goes in and comes out.</summary>
    public MlModelSignature? Signature { get; init; }

    /// <summary>Describes a model in ONNX, which needs no code of its own to load.</summary>
    /// <param name="file">The ONNX file's path below the model's folder.</param>
    /// <param name="onnxVersion">The version of the ONNX format's package, such as <c>1.17.0</c>.</param>
    /// <param name="createdAt">When it was made.</param>
    public static MlModel Onnx(string file, string onnxVersion, DateTimeOffset createdAt) => new()
    {
        Flavors = new Dictionary<string, IReadOnlyDictionary<string, object?>>
        {
            ["onnx"] = new Dictionary<string, object?> { ["code"] = null, ["data"] = file, ["onnx_version"] = onnxVersion, ["providers"] = (string[])["CPUExecutionProvider"] },
            [PythonFunction] = new Dictionary<string, object?> { ["data"] = file, ["loader_module"] = "mlflow.onnx", ["python_version"] = "3.11.0" },
        },
        ModelUuid = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        CreatedAt = createdAt,
        MlflowVersion = "2.22.0",
    };

    /// <summary>Reads the file of a model's folder.</summary>
    /// <exception cref="InvalidDataException">There is none, it is not YAML, or it names no flavors.</exception>
    public static MlModel Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) throw new InvalidDataException($"{folder} is no model's folder: it holds no file {FileName}");
        Yaml yaml = Yaml.Read(file);
        Yaml flavors = yaml.Map("flavors") ?? throw new InvalidDataException($"{file} has no 'flavors'");
        Yaml? signature = yaml.Map("signature");
        return new()
        {
            Flavors = flavors.Keys.ToDictionary(
                name => name,
                name => (IReadOnlyDictionary<string, object?>)(flavors.Map(name)?.Values() ?? throw new InvalidDataException($"{file}: the flavor '{name}' is no mapping")),
                StringComparer.Ordinal),
            ModelUuid = yaml.Text("model_uuid"),
            ModelId = yaml.Text("model_id"),
            RunId = yaml.Text("run_id"),
            ArtifactPath = yaml.Text("artifact_path"),
            CreatedAt = DateTimeOffset.TryParse(yaml.Text("utc_time_created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created) ? created : null,
            MlflowVersion = yaml.Text("mlflow_version"),
            Signature = signature is null ? null : new MlModelSignature(signature.Text("inputs"), signature.Text("outputs"), signature.Text("params")),
        };
    }

    /// <summary>Writes the file into a model's folder, in the order of the keys as MLflow does.</summary>
    public void Write(string folder)
    {
        var keys = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["flavors"] = new SortedDictionary<string, IReadOnlyDictionary<string, object?>>(Flavors.ToDictionary(), StringComparer.Ordinal),
        };
        void Set(string key, object? value)
        {
            if (value is not null) keys[key] = value;
        }

        Set("model_uuid", ModelUuid);
        Set("model_id", ModelId);
        Set("run_id", RunId);
        Set("artifact_path", ArtifactPath);
        Set("mlflow_version", MlflowVersion);
        Set("utc_time_created", CreatedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        if (Signature is { } signature)
            keys["signature"] = new Dictionary<string, object?> { ["inputs"] = signature.Inputs, ["outputs"] = signature.Outputs, ["params"] = signature.Params };

        // Texts that YAML would read as something else, such as a version 1.10, keep their quotes.
        ISerializer serializer = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).DisableAliases().WithNewLine("\n").Build();
        File.WriteAllText(Path.Combine(folder, FileName), serializer.Serialize(keys));
    }
}

/// <summary>What goes into a model and comes out of it, each as MLflow's JSON.</summary>
/// <param name="Inputs">Such as <c>[{"type": "string", "name": "text", "required": true}]</c>.</param>
/// <param name="Outputs">Such as <c>[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]</c>.</param>
/// <param name="Params">Settings of a prediction.</param>
public sealed record MlModelSignature(string? Inputs, string? Outputs, string? Params = null);
