using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>experiments/permissions/…</c> and <c>registered-models/permissions/…</c>: who may do what, said by the admin of the thing.</summary>
internal static class PermissionEndpoints
{
    public static void MapPermissions(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        (Access access, Grants experiments, Grants models) = (mlflow.Access, mlflow.Store.ExperimentPermissions, mlflow.Store.RegisteredModelPermissions);
        api.Post<ExperimentGrantRequest, ExperimentGrantAnswer>("experiments/permissions/create", async (request, context) =>
        {
            (string id, string user, Role role) = (request.Thing(access, context), request.User, request.Role);
            return new(new ExperimentGrant(id, await experiments.CreateAsync(id, user, role, context.RequestAborted), RoleNames.Of(role)));
        });
        api.Get<ExperimentGrantRequest, ExperimentGrantAnswer>("experiments/permissions/get", async (request, context) =>
        {
            string id = request.Thing(access, context);
            (long user, Role role) = await experiments.GetAsync(id, request.User, context.RequestAborted);
            return new(new ExperimentGrant(id, user, RoleNames.Of(role)));
        });
        api.Patch<ExperimentGrantRequest>("experiments/permissions/update", (request, context) =>
            experiments.UpdateAsync(request.Thing(access, context), request.User, request.Role, context.RequestAborted));
        api.Delete<ExperimentGrantRequest>("experiments/permissions/delete", (request, context) =>
            experiments.DeleteAsync(request.Thing(access, context), request.User, context.RequestAborted));

        api.Post<RegisteredModelGrantRequest, RegisteredModelGrantAnswer>("registered-models/permissions/create", async (request, context) =>
        {
            (string name, string user, Role role) = (request.Thing(access, context), request.User, request.Role);
            return new(new RegisteredModelGrant(name, await models.CreateAsync(name, user, role, context.RequestAborted), RoleNames.Of(role)));
        });
        api.Get<RegisteredModelGrantRequest, RegisteredModelGrantAnswer>("registered-models/permissions/get", async (request, context) =>
        {
            string name = request.Thing(access, context);
            (long user, Role role) = await models.GetAsync(name, request.User, context.RequestAborted);
            return new(new RegisteredModelGrant(name, user, RoleNames.Of(role)));
        });
        api.Patch<RegisteredModelGrantRequest>("registered-models/permissions/update", (request, context) =>
            models.UpdateAsync(request.Thing(access, context), request.User, request.Role, context.RequestAborted));
        api.Delete<RegisteredModelGrantRequest>("registered-models/permissions/delete", (request, context) =>
            models.DeleteAsync(request.Thing(access, context), request.User, context.RequestAborted));
    }
}

internal abstract record GrantRequest(string? Username, string? Permission)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public string User => Username.Required("username");

    [System.Text.Json.Serialization.JsonIgnore]
    public Role Role => RoleNames.Parse(Permission.Required("permission"));
}

internal sealed record ExperimentGrantRequest(string? ExperimentId = null, string? Username = null, string? Permission = null) : GrantRequest(Username, Permission)
{
    public string Thing(Access access, HttpContext context)
    {
        access.RequireCaller(context); // none on an open server
        return ExperimentId.Required("experiment_id");
    }
}

internal sealed record RegisteredModelGrantRequest(string? Name = null, string? Username = null, string? Permission = null) : GrantRequest(Username, Permission)
{
    public string Thing(Access access, HttpContext context)
    {
        access.RequireCaller(context); // none on an open server
        return Name.Required("name");
    }
}

internal sealed record ExperimentGrantAnswer(ExperimentGrant ExperimentPermission);

internal sealed record RegisteredModelGrantAnswer(RegisteredModelGrant RegisteredModelPermission);
