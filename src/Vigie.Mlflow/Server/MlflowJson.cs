using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>
/// The wire format, of requests and answers alike, for server and client: snake_case, int64 as a number or a string, NaN and ±Infinity as strings, no empty
/// lists, nothing unset. Unknown fields are passed over. Generated at build time; what is sent or read has to be named here.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(WireInteger), typeof(WireNumber), typeof(WireBoolean), typeof(WireText)])]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(CreateExperiment))]
[JsonSerializable(typeof(CreatedExperiment))]
[JsonSerializable(typeof(GetExperiment))]
[JsonSerializable(typeof(GetExperimentByName))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(SearchExperiments))]
[JsonSerializable(typeof(ExperimentsAnswer))]
[JsonSerializable(typeof(UpdateExperiment))]
[JsonSerializable(typeof(SetExperimentTag))]
[JsonSerializable(typeof(DeleteExperimentTag))]
[JsonSerializable(typeof(CreateRun))]
[JsonSerializable(typeof(OneRun))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(UpdateRun))]
[JsonSerializable(typeof(RunInfoAnswer))]
[JsonSerializable(typeof(SearchRuns))]
[JsonSerializable(typeof(RunsAnswer))]
[JsonSerializable(typeof(LogMetric))]
[JsonSerializable(typeof(LogParam))]
[JsonSerializable(typeof(LogBatch))]
[JsonSerializable(typeof(SetTag))]
[JsonSerializable(typeof(DeleteTag))]
[JsonSerializable(typeof(LogInputs))]
[JsonSerializable(typeof(LogOutputs))]
[JsonSerializable(typeof(LogModel))]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(OneUser))]
[JsonSerializable(typeof(NewPassword))]
[JsonSerializable(typeof(NewAdmin))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UsersAnswer))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(NewAccessToken))]
[JsonSerializable(typeof(OneToken))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(ExperimentGrantRequest))]
[JsonSerializable(typeof(ExperimentGrantAnswer))]
[JsonSerializable(typeof(RegisteredModelGrantRequest))]
[JsonSerializable(typeof(RegisteredModelGrantAnswer))]
[JsonSerializable(typeof(GetMetricHistory))]
[JsonSerializable(typeof(GetMetricHistoryBulk))]
[JsonSerializable(typeof(GetMetricHistoryBulkInterval))]
[JsonSerializable(typeof(MetricsAnswer))]
[JsonSerializable(typeof(CreateLoggedModel))]
[JsonSerializable(typeof(GetLoggedModel))]
[JsonSerializable(typeof(LoggedModelAnswer))]
[JsonSerializable(typeof(FinalizeLoggedModel))]
[JsonSerializable(typeof(SetLoggedModelTags))]
[JsonSerializable(typeof(LogLoggedModelParams))]
[JsonSerializable(typeof(SearchLoggedModels))]
[JsonSerializable(typeof(LoggedModelsAnswer))]
[JsonSerializable(typeof(CreateRegisteredModel))]
[JsonSerializable(typeof(OneRegisteredModel))]
[JsonSerializable(typeof(RegisteredModelAnswer))]
[JsonSerializable(typeof(RenameRegisteredModel))]
[JsonSerializable(typeof(UpdateRegisteredModel))]
[JsonSerializable(typeof(SearchModels))]
[JsonSerializable(typeof(RegisteredModelsAnswer))]
[JsonSerializable(typeof(GetLatestVersions))]
[JsonSerializable(typeof(SetRegisteredModelTag))]
[JsonSerializable(typeof(DeleteRegisteredModelTag))]
[JsonSerializable(typeof(SetModelAlias))]
[JsonSerializable(typeof(OneModelAlias))]
[JsonSerializable(typeof(CreateModelVersion))]
[JsonSerializable(typeof(OneModelVersion))]
[JsonSerializable(typeof(ModelVersionAnswer))]
[JsonSerializable(typeof(UpdateModelVersion))]
[JsonSerializable(typeof(ModelVersionsAnswer))]
[JsonSerializable(typeof(DownloadUriAnswer))]
[JsonSerializable(typeof(TransitionModelVersionStage))]
[JsonSerializable(typeof(SetModelVersionTag))]
[JsonSerializable(typeof(DeleteModelVersionTag))]
[JsonSerializable(typeof(CreateWebhook))]
[JsonSerializable(typeof(ListWebhooks))]
[JsonSerializable(typeof(UpdateWebhook))]
[JsonSerializable(typeof(TestWebhook))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhooksAnswer))]
[JsonSerializable(typeof(WebhookTestAnswer))]
[JsonSerializable(typeof(ListArtifacts))]
[JsonSerializable(typeof(LoggedModelArtifacts))]
[JsonSerializable(typeof(VersionArtifact))]
[JsonSerializable(typeof(ArtifactsAnswer))]
[JsonSerializable(typeof(CreateUpload))]
[JsonSerializable(typeof(UploadAnswer))]
[JsonSerializable(typeof(EndUpload))]
internal sealed partial class MlflowJson : JsonSerializerContext
{
    /// <summary>How everything is read and written. Answers go out as application/json with nosniff, never inside HTML, so letters stay as they are.</summary>
    public static JsonSerializerOptions Wire => field ??= Created(); // on first use: the generated half's own statics come in no fixed order

    /// <summary>Reads or writes <typeparamref name="T"/>, which the attributes above have to name.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Wire.GetTypeInfo(typeof(T));

    /// <summary>Sends an answer.</summary>
    public static Task WriteAsync<T>(HttpResponse response, T answer, CancellationToken cancellation)
    {
        response.ContentType = "application/json";
        response.Headers.XContentTypeOptions = "nosniff";
        return JsonSerializer.SerializeAsync(response.BodyWriter, answer, Of<T>(), cancellation);
    }

    /// <summary>Whether a property holds a list of the wire format.</summary>
    public static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static JsonSerializerOptions Created()
    {
        var options = new JsonSerializerOptions(Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = Default.WithAddedModifier(LeaveOutEmptyLists),
        };
        options.MakeReadOnly();
        return options;
    }

    // protobuf knows no difference between an empty list and none: neither is sent, and either may come.
    private static void LeaveOutEmptyLists(JsonTypeInfo type)
    {
        JsonPropertyInfo[] lists = [.. type.Properties.Where(property => IsList(property.PropertyType))];
        if (lists.Length == 0) return;
        foreach (JsonPropertyInfo property in lists)
        {
            property.IsRequired = false;
            property.IsSetNullable = true;
            if (property.Name.EndsWith("_permissions", StringComparison.Ordinal)) continue; // MLflow's client reads a user's permissions without asking whether there are any
            property.ShouldSerialize = static (_, value) => value is IEnumerable list && list.GetEnumerator().MoveNext();
        }

        type.OnDeserialized = read =>
        {
            foreach (JsonPropertyInfo property in lists)
            {
                if (property.Get!(read) is IEnumerable list) RefuseNulls(property.Name, list);
            }
        };
    }

    private static void RefuseNulls(string name, IEnumerable list)
    {
        int i = 0;
        foreach (object? item in list)
        {
            if (item is null) throw new JsonException($"{name}[{i}] is null");
            i++;
        }
    }
}

/// <summary>An answer without content.</summary>
internal sealed record Nothing;
