namespace Vigie.Server;

/// <summary>Where requests to the prediction API are counted: outside of everything, so that whatever refuses one is counted with it.</summary>
internal static class Traffic
{
    private const string Version = "/v1";

    /// <summary>To stand before all that may answer.</summary>
    public static void UseTraffic(this WebApplication app)
    {
        if (app.Services.GetService<TrafficCount>() is not { } count) return;
        app.Use(next => context =>
        {
            if (!IsCounted(context.Request.Method, context.Request.Path.Value)) return next(context);
            Task answered = next(context);
            if (!answered.IsCompletedSuccessfully) return CountAsync(answered, context, count);
            count.Add(StatusOf(context));
            return answered;
        });
    }

    /// <summary>Whether a request is one of those that are counted: by its path, since what is refused early has no endpoint yet.</summary>
    public static bool IsCounted(string method, string? path)
    {
        if (path is null || !HttpMethods.IsPost(method)) return false;
        ReadOnlySpan<char> rest = path;
        if (rest.StartsWith(Version, StringComparison.OrdinalIgnoreCase)) rest = rest[Version.Length..];
        rest = rest.TrimEnd('/');
        return rest.Length switch
        {
            8 => rest.Equals("/predict", StringComparison.OrdinalIgnoreCase),
            9 => rest.Equals("/feedback", StringComparison.OrdinalIgnoreCase),
            14 => rest.Equals("/predict/batch", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    private static async Task CountAsync(Task answered, HttpContext context, TrafficCount count)
    {
        bool whole = false;
        try
        {
            await answered;
            whole = true;
        }
        finally
        {
            // What escapes to here ends the connection; a caller who had left has no one else to blame.
            count.Add(whole ? StatusOf(context) : context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : StatusCodes.Status500InternalServerError);
        }
    }

    // An answer that had begun keeps its status when its caller leaves; one that had not is a 499 by now.
    private static int StatusOf(HttpContext context) =>
        context.Response.HasStarted && context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
}
