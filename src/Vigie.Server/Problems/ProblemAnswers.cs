namespace Vigie.Server;

/// <summary>Gives every failure a body that says what was wrong: the caller's faults, wrong paths and methods, and our own bugs.</summary>
internal static class ProblemAnswers
{
    public static void UseProblemAnswers(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = WriteOwnFaultAsync });
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (RequestException fault) when (!context.Response.HasStarted)
            {
                await fault.Problem.WriteAsync(context);
            }
            catch (BadHttpRequestException fault) when (!context.Response.HasStarted)
            {
                await Of(context, fault.StatusCode, fault.Message).WriteAsync(context);
            }
            catch (IOException fault) when (fault.InnerException is OverflowException && !context.Response.HasStarted)
            {
                await Of(context, StatusCodes.Status400BadRequest, "the length of a chunk is more than any body could have").WriteAsync(context); // Kestrel's own words for it are those of a broken connection
            }

            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null })
                await Of(context, context.Response.StatusCode, null).WriteAsync(context);
        });
    }

    // The middleware that calls this has logged the exception; its text may hold a tweet and stays out of the answer.
    private static Task WriteOwnFaultAsync(HttpContext context) => new Problem
    {
        Type = "urn:vigie:problem:failed",
        Title = "The server failed",
        Status = StatusCodes.Status500InternalServerError,
        Detail = "this is a fault of the server, not of the request; its log says more",
    }.WriteAsync(context);

    private static Problem Of(HttpContext context, int status, string? detail)
    {
        string allow = context.Response.Headers.Allow.ToString();
        Problem problem = status switch
        {
            404 => new()
            {
                Status = status,
                Type = "urn:vigie:problem:not-found",
                Title = "There is nothing at this path",
                Detail = "see /openapi/v1.json for the paths there are",
            },
            405 => new()
            {
                Status = status,
                Type = "urn:vigie:problem:wrong-method",
                Title = "This path does not take that method",
                Detail = $"it takes {(allow.Length > 0 ? allow : "another method; see /openapi/v1.json")}",
            },
            413 => new()
            {
                Status = status,
                Type = "urn:vigie:problem:too-large",
                Title = "The request is too large",
                Detail = detail ?? "send less at once",
            },
            415 => RequestException.WrongMediaType(
                $"Content-Type is {context.Request.ContentType}; expected application/json, or for batches application/x-ndjson too").Problem,
            _ => new()
            {
                Status = status,
                Type = "urn:vigie:problem:refused",
                Title = "The request was refused",
                Detail = detail ?? "see /openapi/v1.json for what is taken",
            },
        };
        if (status == 405 && allow.Length > 0) context.Response.OnStarting(() => SetAllow(context.Response, allow));
        return problem;
    }

    private static Task SetAllow(HttpResponse response, string allow)
    {
        response.Headers.Allow = allow; // clearing the response for the problem took it away, and a 405 must have it
        return Task.CompletedTask;
    }
}
