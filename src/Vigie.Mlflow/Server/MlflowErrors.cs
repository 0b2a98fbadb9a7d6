using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>Gives every failure the answer that MLflow's clients read: <c>{"error_code", "message"}</c> with the status that goes with the code.</summary>
internal static partial class MlflowErrors
{
    /// <summary>A database that is away is back within seconds, or not for long.</summary>
    private const string RetryAfterSeconds = "1";

    /// <summary>Wraps every endpoint of the group, whatever maps it: who may not come in gets no further, and every failure is answered.</summary>
    public static void AnswerErrors(this IEndpointConventionBuilder group, Access access) => group.Finally(endpoint =>
    {
        if (endpoint.RequestDelegate is not { } handle) return;
        RequestDelegate admitted = async context =>
        {
            await access.AdmitAsync(context);
            await handle(context);
        };
        endpoint.RequestDelegate = context => GuardAsync(context, admitted);
    });

    /// <summary>Runs the rest of a pipeline, and answers what it throws.</summary>
    public static async Task GuardAsync(HttpContext context, RequestDelegate handle)
    {
        try
        {
            await handle(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is left to answer
        }
        catch (MlflowException fault) when (!context.Response.HasStarted)
        {
            if (fault.Code == ErrorCode.InternalError) Failed(LogOf(context), context.Request.Method, context.Request.Path, fault);
            await WriteAsync(context, (int)fault.Status, fault.Code, fault.Message);
        }
        catch (BadHttpRequestException fault) when (!context.Response.HasStarted)
        {
            await (fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? WriteAsync(context, fault.StatusCode, ErrorCode.RequestLimitExceeded, "the request is larger than this server takes; send less at once")
                : WriteAsync(context, fault.StatusCode, ErrorCode.BadRequest, fault.Message));
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            // The one place that catches everything: the answer says nothing of the inside, the log says all.
            Failed(LogOf(context), context.Request.Method, context.Request.Path, fault);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, ErrorCode.InternalError, "this is a fault of the server, not of the request; its log says more");
        }
    }

    /// <summary>Answers with an error.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        HttpResponse response = context.Response;
        string challenge = response.Headers.WWWAuthenticate.ToString();
        response.Clear();
        response.StatusCode = status;
        if (challenge.Length > 0) response.Headers.WWWAuthenticate = challenge;
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = RetryAfterSeconds;
        return MlflowJson.WriteAsync(response, new ErrorAnswer(code, message), context.RequestAborted);
    }

    private static ILogger LogOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(MlflowErrors));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, PathString path, Exception fault);
}

/// <summary>An error as clients read it.</summary>
internal sealed record ErrorAnswer(string ErrorCode, string Message);
