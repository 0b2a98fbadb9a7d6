using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>users/…</c>: as MLflow's client for its authentication has it, and access tokens beside it.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        (Users users, AccessTokens tokens, Access access) = (mlflow.Store.Users, mlflow.Store.Tokens, mlflow.Access);
        api.Post<NewUser, UserAnswer>("users/create", async (request, context) =>
        {
            access.RequireAdmin(context);
            Role role = request.Permission is null ? Role.Read : RoleNames.Parse(request.Permission);
            return new(await users.CreateAsync(request.Username.Required("username"), request.Password.Required("password"), role, context.RequestAborted));
        });
        api.Get<OneUser, UserAnswer>("users/get", async (request, context) =>
            new(await users.GetAsync(access.RequireSelfOrAdmin(context, request.Username.Required("username")), context.RequestAborted)));
        api.Get<Nothing, UsersAnswer>("users/list", async (_, context) =>
        {
            access.RequireAdmin(context);
            return new(await users.ListAsync(context.RequestAborted));
        });
        api.Patch<NewPassword>("users/update-password", (request, context) =>
            users.SetPasswordAsync(access.RequireSelfOrAdmin(context, request.Username.Required("username")), request.Password.Required("password"), context.RequestAborted));
        api.Patch<NewAdmin>("users/update-admin", (request, context) =>
        {
            access.RequireAdmin(context);
            return users.SetRoleAsync(request.Username.Required("username"), request.IsAdmin.Required("is_admin") ? Role.Admin : Role.Read, context.RequestAborted);
        });
        api.Delete<OneUser>("users/delete", (request, context) =>
        {
            access.RequireAdmin(context);
            return users.DeleteAsync(request.Username.Required("username"), context.RequestAborted);
        });

        api.Post<NewToken, NewAccessToken>("users/tokens/create", async (request, context) =>
        {
            string username = access.RequireSelfOrAdmin(context, request.Username ?? access.RequireCaller(context).Username);
            Role limit = request.Permission is null ? Role.Admin : RoleNames.Parse(request.Permission);
            if (request.ExpiresInSeconds is <= 0 or > 100L * 366 * 24 * 3600) throw MlflowException.Invalid($"expires_in_seconds is {request.ExpiresInSeconds}; expected 1 second to 100 years");
            TimeSpan? lifetime = request.ExpiresInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            return await tokens.CreateAsync(username, request.Name ?? "", limit, lifetime, context.RequestAborted);
        });
        api.Get<OneUser, TokensAnswer>("users/tokens/list", async (request, context) =>
            new(await tokens.ListAsync(access.RequireSelfOrAdmin(context, request.Username ?? access.RequireCaller(context).Username), context.RequestAborted)));
        api.Delete<OneToken>("users/tokens/delete", (request, context) =>
        {
            Caller caller = access.RequireCaller(context);
            access.RequireSelfOrAdmin(context, caller.Username);
            return tokens.RevokeAsync(request.TokenId.Required("token_id"), caller.IsAdmin ? null : caller.Username, context.RequestAborted);
        });
    }
}

/// <summary>A user's own role is READ, as MLflow's default is, where the client says nothing.</summary>
internal sealed record NewUser(string? Username = null, string? Password = null, string? Permission = null);

internal sealed record OneUser(string? Username = null);

internal sealed record NewPassword(string? Username = null, string? Password = null);

internal sealed record NewAdmin(string? Username = null, bool? IsAdmin = null);

internal sealed record UserAnswer(User User);

internal sealed record UsersAnswer(IReadOnlyList<User> Users);

internal sealed record NewToken(string? Username = null, string? Name = null, string? Permission = null, long? ExpiresInSeconds = null);

internal sealed record OneToken(long? TokenId = null);

internal sealed record TokensAnswer(IReadOnlyList<AccessToken> Tokens);
