using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Vigie.Server;

namespace Vigie.Dashboard.SignIn;

/// <summary>
/// People sign in where their organisation has them do so: the authorization code flow of OpenID Connect with PKCE. What comes of it is a session as any other; the provider's tokens are
/// not kept.
/// </summary>
internal static class ProviderSignIn
{
    public const string Page = Sessions.Page + "/provider", Callback = Sessions.Page + "/callback";

    private const string Scheme = "people";

    public static void AddTo(IServiceCollection services, OidcOptions options) => services.AddAuthentication().AddOpenIdConnect(Scheme, connect =>
    {
        connect.Authority = options.Authority;
        connect.RequireHttpsMetadata = !new Uri(options.Authority!).IsLoopback;
        connect.ClientId = options.ClientId;
        connect.ClientSecret = options.ClientSecret;
        connect.ResponseType = OpenIdConnectResponseType.Code;
        connect.ResponseMode = OpenIdConnectResponseMode.Query; // a form posted by another site would come without the cookies that bind it to this browser
        connect.UsePkce = true;
        connect.CallbackPath = Callback;
        connect.MapInboundClaims = false;
        connect.SaveTokens = false;
        connect.BackchannelTimeout = TimeSpan.FromSeconds(10);
        connect.SignInScheme = OidcTokens.Scheme; // some other has to stand here; the ticket is taken before it would be used
        connect.CorrelationCookie.SameSite = connect.NonceCookie.SameSite = SameSiteMode.Lax;
        connect.CorrelationCookie.SecurePolicy = connect.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        connect.TokenValidationParameters.ClockSkew = options.ClockSkew;
        connect.Events = new OpenIdConnectEvents
        {
            OnTicketReceived = ticket =>
            {
                string back = ticket.ReturnUri ?? "/";
                if (options.CallerOf(ticket.Principal!) is { } caller && caller.Scopes.Bits != 0)
                {
                    ticket.HttpContext.RequestServices.GetRequiredService<Sessions>().SignInByProvider(ticket.HttpContext, caller, DateTimeOffset.MaxValue);
                    ticket.Response.Redirect(back);
                }
                else
                {
                    ticket.Response.Redirect(Refusal);
                }

                ticket.HandleResponse();
                return Task.CompletedTask;
            },
            OnRemoteFailure = failure =>
            {
                failure.Response.Redirect(Refusal); // the handler has logged why
                failure.HandleResponse();
                return Task.CompletedTask;
            },
        };
    });

    private static string Refusal => Sessions.Page + QueryString.Create("problem", "provider");

    /// <summary>Sends the reader to the provider.</summary>
    public static async Task BeginAsync(HttpContext context)
    {
        if (!IsOn(context)) return;
        try
        {
            await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = SignInEndpoints.Local(context.Request.Query["return"]) });
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException)
        {
            throw RequestException.ProviderUnreachable();
        }
    }

    /// <summary>Takes what the provider sends the reader back with.</summary>
    public static async Task EndAsync(HttpContext context)
    {
        if (!IsOn(context)) return;
        var handler = (IAuthenticationRequestHandler)(await context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(context, Scheme))!;
        await handler.HandleRequestAsync();
    }

    private static bool IsOn(HttpContext context)
    {
        bool isOn = context.RequestServices.GetRequiredService<ServerOptions>().Access.Oidc.ClientId is not null;
        if (!isOn) context.Response.StatusCode = StatusCodes.Status404NotFound;
        return isOn;
    }
}
