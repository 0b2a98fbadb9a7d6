namespace Vigie.Server;

/// <summary>Ties the check of callers into the server.</summary>
internal static class AccessServices
{
    public static void AddAccess(this WebApplicationBuilder builder, ServerOptions options)
    {
        if (options.Access.Oidc.IsOn) OidcTokens.AddTo(builder.Services, options.Access.Oidc);
        if (options.Cors.Origins.Count > 0) builder.Services.AddCors();
        if (options.Access.KeysFile is { } file) builder.Services.AddSingleton(provider => new KeyRing(file, options.Clock, provider.GetRequiredService<ILoggerFactory>().CreateLogger<KeyRing>()));
        builder.Services.AddSingleton(new WrongKeys(options.Clock));
    }

    /// <summary>From here on requests come from whom they say, and only to endpoints that these may call. After routing, before limits.</summary>
    public static void UseCallers(this WebApplication app, ServerOptions options, bool closed)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<CallerCheck>();
        var check = new CallerCheck(
            closed,
            app.Services.GetService<KeyRing>(),
            options.Access.Oidc.IsOn ? new OidcTokens(options.Access.Oidc, options.Clock, log) : null,
            app.Services.GetRequiredService<WrongKeys>());
        app.Use(next => context => check.InvokeAsync(context, next));
    }
}
