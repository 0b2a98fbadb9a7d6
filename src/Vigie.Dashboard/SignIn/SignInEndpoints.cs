using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Vigie.Server;

namespace Vigie.Dashboard.SignIn;

/// <summary>POST /sign-in/key and /sign-out, which the forms of the pages send.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapPost(Sessions.Page + "/key", (RequestDelegate)SignInAsync).IsOpen().WithMetadata(ForPeople.Instance);
        app.MapGet(ProviderSignIn.Page, (RequestDelegate)ProviderSignIn.BeginAsync).IsOpen().IsLimited().WithMetadata(ForPeople.Instance);
        app.MapGet(ProviderSignIn.Callback, (RequestDelegate)ProviderSignIn.EndAsync).IsOpen().IsLimited().WithMetadata(ForPeople.Instance);
        app.MapPost("/sign-out", (RequestDelegate)SignOutAsync).IsOpen().WithMetadata(ForPeople.Instance);
    }

    private static async Task SignInAsync(HttpContext context)
    {
        if (!await IsOwnFormAsync(context)) return;
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string back = Local(form["return"]);
        WrongKeys wrong = context.RequestServices.GetRequiredService<WrongKeys>();
        string? problem = wrong.Wait(context.Connection.RemoteIpAddress) > TimeSpan.Zero ? "wait"
            : context.RequestServices.GetRequiredService<Sessions>().SignInByKey(context, form["key"].ToString().Trim()) ? null
            : "unknown";
        if (problem == "unknown") wrong.Add(context.Connection.RemoteIpAddress);
        context.Response.Redirect(problem is null ? back : Sessions.Page + QueryString.Create("return", back).Add("problem", problem));
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        if (!await IsOwnFormAsync(context)) return;
        Sessions.SignOut(context);
        context.Response.Redirect(Sessions.Page);
    }

    private static async Task<bool> IsOwnFormAsync(HttpContext context)
    {
        if (await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context)) return true;
        await new RequestException(StatusCodes.Status400BadRequest, "foreign-form", "The form was not of this page", null, "open the page again, and send its form").Problem.WriteAsync(context);
        return false;
    }

    // Where to go afterwards is a path of this server, or anybody could send people elsewhere through it.
    internal static string Local(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..] ? path : "/";
}
