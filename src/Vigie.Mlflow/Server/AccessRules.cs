using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>
/// Who may call what, in one place. Reading needs read; logging and changing need write; deleting for good and taking things out of service need admin, as
/// MLflow has it. An endpoint that is not named here is for admins. Endpoints of files ask <see cref="Access"/> themselves.
/// </summary>
internal static class AccessRules
{
    private static readonly Dictionary<string, Delegate> Rules = new(StringComparer.Ordinal)
    {
        ["POST experiments/create"] = Before<CreateExperiment>(async (access, context, request) =>
        {
            access.RequireCreation(context);
            if (!string.IsNullOrEmpty(request.ArtifactLocation)) await access.RequireLocationAsync(context, request.ArtifactLocation);
        }),
        ["GET experiments/get"] = Experiment<GetExperiment>(Role.Read, request => request.ExperimentId),
        ["GET experiments/get-by-name"] = Everybody<GetExperimentByName>(), // shown or not when its id is known, see below
        ["POST experiments/search"] = Everybody<SearchExperiments>(), // finds what the caller may read
        ["GET experiments/search"] = Everybody<SearchExperiments>(), // finds what the caller may read
        ["POST experiments/update"] = Experiment<UpdateExperiment>(Role.Write, request => request.ExperimentId),
        ["POST experiments/delete"] = Experiment<GetExperiment>(Role.Admin, request => request.ExperimentId),
        ["POST experiments/restore"] = Experiment<GetExperiment>(Role.Admin, request => request.ExperimentId),
        ["POST experiments/set-experiment-tag"] = Experiment<SetExperimentTag>(Role.Write, request => request.ExperimentId),
        ["POST experiments/delete-experiment-tag"] = Experiment<DeleteExperimentTag>(Role.Write, request => request.ExperimentId),

        ["POST runs/create"] = Experiment<CreateRun>(Role.Write, request => string.IsNullOrEmpty(request.ExperimentId) ? "0" : request.ExperimentId),
        ["GET runs/get"] = Run<OneRun>(Role.Read, request => request.RunId ?? request.RunUuid),
        ["POST runs/update"] = Run<UpdateRun>(Role.Write, request => request.RunId ?? request.RunUuid),
        ["POST runs/search"] = Before<SearchRuns>((access, context, request) => access.RequireAsync(context, request.ExperimentIds ?? [], Role.Read)),
        ["POST runs/delete"] = Run<OneRun>(Role.Admin, request => request.RunId ?? request.RunUuid),
        ["POST runs/restore"] = Run<OneRun>(Role.Admin, request => request.RunId ?? request.RunUuid),
        ["POST runs/log-metric"] = Before<LogMetric>(async (access, context, request) =>
        {
            await OnRunAsync(access, context, request.RunId ?? request.RunUuid, Role.Write);
            await OnLoggedModelsAsync(access, context, [request.ModelId], Role.Write);
        }),
        ["POST runs/log-parameter"] = Run<LogParam>(Role.Write, request => request.RunId ?? request.RunUuid),
        ["POST runs/log-batch"] = Before<LogBatch>(async (access, context, request) =>
        {
            await OnRunAsync(access, context, request.RunId, Role.Write);
            await OnLoggedModelsAsync(access, context, (request.Metrics ?? []).Select(metric => metric.ModelId), Role.Write);
        }),
        ["POST runs/set-tag"] = Run<SetTag>(Role.Write, request => request.RunId ?? request.RunUuid),
        ["POST runs/delete-tag"] = Run<DeleteTag>(Role.Write, request => request.RunId),
        ["POST runs/log-model"] = Run<LogModel>(Role.Write, request => request.RunId),
        ["POST runs/log-inputs"] = Run<LogInputs>(Role.Write, request => request.RunId),
        ["POST runs/outputs"] = Run<LogOutputs>(Role.Write, request => request.RunId),

        ["GET metrics/get-history"] = Run<GetMetricHistory>(Role.Read, request => request.RunId ?? request.RunUuid),
        ["GET metrics/get-history-bulk"] = Runs<GetMetricHistoryBulk>(Role.Read, request => request.RunId),
        ["GET metrics/get-history-bulk-interval"] = Runs<GetMetricHistoryBulkInterval>(Role.Read, request => request.RunIds),

        ["POST logged-models"] = Before<CreateLoggedModel>(async (access, context, request) =>
        {
            await access.RequireAsync(context, request.ExperimentId ?? "", Role.Write);
            if (!string.IsNullOrEmpty(request.SourceRunId)) await access.RequireRunAsync(context, request.SourceRunId, Role.Read);
        }),
        ["POST logged-models/search"] = Before<SearchLoggedModels>((access, context, request) => access.RequireAsync(context, request.ExperimentIds ?? [], Role.Read)),
        ["GET logged-models/{model_id}"] = LoggedModel<GetLoggedModel>(Role.Read),
        ["PATCH logged-models/{model_id}"] = LoggedModel<FinalizeLoggedModel>(Role.Write),
        ["DELETE logged-models/{model_id}"] = LoggedModel<Nothing>(Role.Admin),
        ["PATCH logged-models/{model_id}/tags"] = LoggedModel<SetLoggedModelTags>(Role.Write),
        ["DELETE logged-models/{model_id}/tags/{**key}"] = LoggedModel<Nothing>(Role.Write),
        ["POST logged-models/{model_id}/params"] = LoggedModel<LogLoggedModelParams>(Role.Write),

        ["POST registered-models/create"] = Before<CreateRegisteredModel>((access, context, _) =>
        {
            access.RequireCreation(context);
            return Task.CompletedTask;
        }),
        ["GET registered-models/get"] = RegisteredModel<OneRegisteredModel>(Role.Read, request => request.Name),
        ["POST registered-models/rename"] = RegisteredModel<RenameRegisteredModel>(Role.Write, request => request.Name),
        ["PATCH registered-models/update"] = RegisteredModel<UpdateRegisteredModel>(Role.Write, request => request.Name),
        ["DELETE registered-models/delete"] = RegisteredModel<OneRegisteredModel>(Role.Admin, request => request.Name),
        ["GET registered-models/search"] = Everybody<SearchModels>(), // finds what the caller may read
        ["POST registered-models/search"] = Everybody<SearchModels>(), // finds what the caller may read
        ["GET registered-models/get-latest-versions"] = RegisteredModel<GetLatestVersions>(Role.Read, request => request.Name),
        ["POST registered-models/get-latest-versions"] = RegisteredModel<GetLatestVersions>(Role.Read, request => request.Name),
        ["POST registered-models/set-tag"] = RegisteredModel<SetRegisteredModelTag>(Role.Write, request => request.Name),
        ["DELETE registered-models/delete-tag"] = RegisteredModel<DeleteRegisteredModelTag>(Role.Write, request => request.Name),
        ["POST registered-models/alias"] = RegisteredModel<SetModelAlias>(Role.Write, request => request.Name),
        ["DELETE registered-models/alias"] = RegisteredModel<OneModelAlias>(Role.Admin, request => request.Name),
        ["GET registered-models/alias"] = RegisteredModel<OneModelAlias>(Role.Read, request => request.Name),

        ["POST model-versions/create"] = Before<CreateModelVersion>(async (access, context, request) =>
        {
            await access.RequireRegisteredModelAsync(context, request.Name ?? "", Role.Write);
            // Who may read the model may read the version's files: nobody hands out what he may not read himself.
            if (!string.IsNullOrEmpty(request.RunId)) await access.RequireRunAsync(context, request.RunId, Role.Read);
            await OnLoggedModelsAsync(access, context, [request.ModelId], Role.Read);
            await access.RequireSourceAsync(context, request.Source ?? "");
        }),
        ["GET model-versions/get"] = RegisteredModel<OneModelVersion>(Role.Read, request => request.Name),
        ["PATCH model-versions/update"] = RegisteredModel<UpdateModelVersion>(Role.Write, request => request.Name),
        ["DELETE model-versions/delete"] = RegisteredModel<OneModelVersion>(Role.Admin, request => request.Name),
        ["GET model-versions/search"] = Everybody<SearchModels>(), // finds what the caller may read
        ["POST model-versions/search"] = Everybody<SearchModels>(), // finds what the caller may read
        ["GET model-versions/get-download-uri"] = RegisteredModel<OneModelVersion>(Role.Read, request => request.Name),
        ["POST model-versions/transition-stage"] = RegisteredModel<TransitionModelVersionStage>(Role.Write, request => request.Name),
        ["POST model-versions/set-tag"] = RegisteredModel<SetModelVersionTag>(Role.Write, request => request.Name),
        ["DELETE model-versions/delete-tag"] = RegisteredModel<DeleteModelVersionTag>(Role.Write, request => request.Name),

        ["POST users/create"] = Everybody<NewUser>(), // endpoints of users and permissions decide themselves, on an open server too
        ["GET users/get"] = Everybody<OneUser>(),
        ["GET users/list"] = Everybody<Nothing>(),
        ["PATCH users/update-password"] = Everybody<NewPassword>(),
        ["PATCH users/update-admin"] = Everybody<NewAdmin>(),
        ["DELETE users/delete"] = Everybody<OneUser>(),
        ["POST users/tokens/create"] = Everybody<NewToken>(),
        ["GET users/tokens/list"] = Everybody<OneUser>(),
        ["DELETE users/tokens/delete"] = Everybody<OneToken>(),
        ["POST experiments/permissions/create"] = Experiment<ExperimentGrantRequest>(Role.Admin, request => request.ExperimentId),
        ["GET experiments/permissions/get"] = Experiment<ExperimentGrantRequest>(Role.Admin, request => request.ExperimentId),
        ["PATCH experiments/permissions/update"] = Experiment<ExperimentGrantRequest>(Role.Admin, request => request.ExperimentId),
        ["DELETE experiments/permissions/delete"] = Experiment<ExperimentGrantRequest>(Role.Admin, request => request.ExperimentId),
        ["POST registered-models/permissions/create"] = RegisteredModel<RegisteredModelGrantRequest>(Role.Admin, request => request.Name),
        ["GET registered-models/permissions/get"] = RegisteredModel<RegisteredModelGrantRequest>(Role.Admin, request => request.Name),
        ["PATCH registered-models/permissions/update"] = RegisteredModel<RegisteredModelGrantRequest>(Role.Admin, request => request.Name),
        ["DELETE registered-models/permissions/delete"] = RegisteredModel<RegisteredModelGrantRequest>(Role.Admin, request => request.Name),
    };

    /// <summary>What is done with an answer: keep back what may not be seen, and give what was created to who created it. Searches leave out by themselves what may not be seen.</summary>
    private static readonly Dictionary<string, Delegate> Results = new(StringComparer.Ordinal)
    {
        ["POST experiments/create"] = After<CreatedExperiment>(async (access, context, answer) =>
        {
            await access.OwnExperimentAsync(context, answer.ExperimentId);
            return answer;
        }),
        ["GET experiments/get-by-name"] = After<ExperimentAnswer>(async (access, context, answer) =>
        {
            await access.RequireAsync(context, answer.Experiment.ExperimentId, Role.Read);
            return answer;
        }),
        ["POST registered-models/create"] = After<RegisteredModelAnswer>(async (access, context, answer) =>
        {
            await access.OwnModelAsync(context, answer.RegisteredModel.Name);
            return answer;
        }),
    };

    /// <summary>The rules of an endpoint around what it does.</summary>
    public static Func<TRequest, HttpContext, Task<TAnswer>> Guard<TRequest, TAnswer>(string method, string path, Func<TRequest, HttpContext, Task<TAnswer>> handle)
    {
        string name = $"{method} {path}";
        var before = (Func<Access, HttpContext, TRequest, Task>)(Rules.GetValueOrDefault(name) ?? Anything<TRequest>(Role.Admin));
        var after = (Func<Access, HttpContext, TAnswer, Task<TAnswer>>?)Results.GetValueOrDefault(name);
        return async (request, context) =>
        {
            Admission admission = context.Features.GetRequiredFeature<Admission>();
            if (admission.Caller is not null) await before(admission.Access, context, request);
            TAnswer answer = await handle(request, context);
            return admission.Caller is not null && after is not null ? await after(admission.Access, context, answer) : answer;
        };
    }

    private static async Task OnLoggedModelsAsync(Access access, HttpContext context, IEnumerable<string?> ids, Role role)
    {
        foreach (string id in ids.OfType<string>().Where(id => id.Length > 0).Distinct()) await access.RequireLoggedModelAsync(context, id, role);
    }

    /// <summary>A request that names no run will be refused for that; to be safe, its sender has to be allowed to do it everywhere.</summary>
    private static Task OnRunAsync(Access access, HttpContext context, string? id, Role role)
    {
        if (id is not null) return access.RequireRunAsync(context, id, role);
        access.Require(context, role);
        return Task.CompletedTask;
    }

    private static Func<Access, HttpContext, T, Task> Before<T>(Func<Access, HttpContext, T, Task> rule) => rule;

    private static Func<Access, HttpContext, T, Task<T>> After<T>(Func<Access, HttpContext, T, Task<T>> rule) => rule;

    private static Func<Access, HttpContext, T, Task> Everybody<T>() => (_, _, _) => Task.CompletedTask;

    private static Func<Access, HttpContext, T, Task> Anything<T>(Role role) => (access, context, _) =>
    {
        access.Require(context, role);
        return Task.CompletedTask;
    };

    private static Func<Access, HttpContext, T, Task> Experiment<T>(Role role, Func<T, string?> id) => (access, context, request) => access.RequireAsync(context, id(request) ?? "", role);

    private static Func<Access, HttpContext, T, Task> Run<T>(Role role, Func<T, string?> id) => (access, context, request) => OnRunAsync(access, context, id(request), role);

    private static Func<Access, HttpContext, T, Task> Runs<T>(Role role, Func<T, IReadOnlyList<string>?> ids) => async (access, context, request) =>
    {
        foreach (string id in ids(request) ?? []) await access.RequireRunAsync(context, id, role);
    };

    private static Func<Access, HttpContext, T, Task> RegisteredModel<T>(Role role, Func<T, string?> name) =>
        (access, context, request) => access.RequireRegisteredModelAsync(context, name(request) ?? "", role);

    private static Func<Access, HttpContext, T, Task> LoggedModel<T>(Role role) =>
        (access, context, _) => access.RequireLoggedModelAsync(context, (string?)context.GetRouteValue("model_id") ?? "", role);
}
