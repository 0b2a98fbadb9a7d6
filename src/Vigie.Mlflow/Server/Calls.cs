using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary>Maps an address to a request record, a function and an answer record; all three are plain C#, so that the wire stands in one place.</summary>
internal static class Calls
{
    /// <summary>GET: the request is the query.</summary>
    public static IEndpointConventionBuilder Get<TRequest, TAnswer>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task<TAnswer>> handle) => api.Call(HttpMethods.Get, path, handle);

    /// <summary>POST: the request is the JSON body.</summary>
    public static IEndpointConventionBuilder Post<TRequest, TAnswer>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task<TAnswer>> handle) => api.Call(HttpMethods.Post, path, handle);

    /// <summary>POST that answers <c>{}</c>.</summary>
    public static IEndpointConventionBuilder Post<TRequest>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task> handle) => api.Call(HttpMethods.Post, path, Empty(handle));

    /// <summary>PATCH: the request is the JSON body.</summary>
    public static IEndpointConventionBuilder Patch<TRequest, TAnswer>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task<TAnswer>> handle) => api.Call(HttpMethods.Patch, path, handle);

    /// <summary>PATCH that answers <c>{}</c>.</summary>
    public static IEndpointConventionBuilder Patch<TRequest>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task> handle) => api.Call(HttpMethods.Patch, path, Empty(handle));

    /// <summary>DELETE: the request is the JSON body, or the query where there is none. Answers <c>{}</c>.</summary>
    public static IEndpointConventionBuilder Delete<TRequest>(this RouteGroupBuilder api, string path, Func<TRequest, HttpContext, Task> handle) => api.Call(HttpMethods.Delete, path, Empty(handle));

    private static IEndpointConventionBuilder Call<TRequest, TAnswer>(this RouteGroupBuilder api, string method, string path, Func<TRequest, HttpContext, Task<TAnswer>> handle)
    {
        handle = AccessRules.Guard(method, path, handle);
        RequestDelegate call = async context =>
        {
            TRequest request = await Requests.ReadAsync<TRequest>(context);
            TAnswer answer = await handle(request, context);
            await MlflowJson.WriteAsync(context.Response, answer, context.RequestAborted);
        };
        return api.MapMethods(path, [method], call);
    }

    private static Func<TRequest, HttpContext, Task<Nothing>> Empty<TRequest>(Func<TRequest, HttpContext, Task> handle) => async (request, context) =>
    {
        await handle(request, context);
        return new Nothing();
    };
}
