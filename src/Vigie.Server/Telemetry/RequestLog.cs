using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Http.Metadata;

namespace Vigie.Server;

/// <summary>
/// One entry for each request, when it has been answered. The route stands there as it is written in the API (<c>/authors/{author}</c>), because a path may name a
/// person; of a client only the name of its key is told.
/// </summary>
internal static class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        ServerOptions options = app.Services.GetRequiredService<ServerOptions>();
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Vigie.Request");
        bool each = options.Logging.Requests && log.IsEnabled(LogLevel.Information); // else nothing of it is done
        app.Use(async (context, next) =>
        {
            RequestId.Settle(context);
            if (!each)
            {
                await next(context);
                return;
            }

            long arrived = options.Clock.GetTimestamp();
            var facts = new RequestFacts();
            context.Features.Set(facts);
            try
            {
                await next(context);
            }
            finally
            {
                if (log.IsEnabled(LogLevel.Information)) log.Log(LogLevel.Information, default, Entry(context, facts, options, options.Clock.GetElapsedTime(arrived)), null, RequestEntry.Message);
            }
        });
    }

    // As the description writes it: groups leave a slash at the end.
    private static string Route(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route ? $"/{route.Trim('/')}" : "-";

    private static RequestEntry Entry(HttpContext context, RequestFacts facts, ServerOptions options, TimeSpan took)
    {
        var entry = new RequestEntry(context.Request.Method, Route(context), context.Response.StatusCode, Math.Round(took.TotalMilliseconds, 3));
        entry.Add("request_id", context.TraceIdentifier);
        entry.Add("key", context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity?.Name);
        entry.Add("prediction_id", facts.Prediction?.ToString());
        entry.Add("model", facts.Model?.Name);
        entry.Add("model_version", facts.Model?.Version);
        entry.Add("label", facts.Label);
        entry.Add("tweets", facts.Tweets);
        if (options.Logging.Texts) entry.Add("text", facts.Text);
        return entry;
    }
}
