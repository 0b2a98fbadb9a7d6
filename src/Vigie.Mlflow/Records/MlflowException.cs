using System.Net;

namespace Vigie.Mlflow;

/// <summary>A request that MLflow's protocol refuses: an error code that every client knows, and a message for people.</summary>
/// <param name="code">One of <see cref="ErrorCode"/>.</param>
/// <param name="message">What was wrong, with the values, and what would be right.</param>
/// <param name="inner">The failure behind it, where there is one.</param>
public sealed class MlflowException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Creates an internal error without a message of its own; for callers that wrap it.</summary>
    public MlflowException() : this(ErrorCode.InternalError, "internal error") { }

    /// <summary>One of <see cref="Mlflow.ErrorCode"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status that goes with <see cref="Code"/>.</summary>
    public HttpStatusCode Status => Code switch
    {
        ErrorCode.InvalidParameterValue or ErrorCode.ResourceAlreadyExists or ErrorCode.InvalidState or ErrorCode.BadRequest => HttpStatusCode.BadRequest,
        ErrorCode.ResourceDoesNotExist or ErrorCode.EndpointNotFound => HttpStatusCode.NotFound,
        ErrorCode.Unauthenticated => HttpStatusCode.Unauthorized,
        ErrorCode.PermissionDenied => HttpStatusCode.Forbidden,
        ErrorCode.Aborted => HttpStatusCode.Conflict,
        ErrorCode.RequestLimitExceeded => HttpStatusCode.TooManyRequests,
        ErrorCode.TemporarilyUnavailable => HttpStatusCode.ServiceUnavailable,
        ErrorCode.NotImplemented => HttpStatusCode.NotImplemented,
        _ => HttpStatusCode.InternalServerError,
    };

    /// <summary>A value that is not allowed.</summary>
    public static MlflowException Invalid(string message) => new(ErrorCode.InvalidParameterValue, message);

    /// <summary>Something that is not there.</summary>
    public static MlflowException Missing(string message) => new(ErrorCode.ResourceDoesNotExist, message);

    /// <summary>A name that is taken.</summary>
    public static MlflowException Exists(string message) => new(ErrorCode.ResourceAlreadyExists, message);
}

/// <summary>Error codes of MLflow's protocol, as they stand in <c>error_code</c>.</summary>
public static class ErrorCode
{
    /// <summary>400: a value is missing, malformed or out of range.</summary>
    public const string InvalidParameterValue = "INVALID_PARAMETER_VALUE";

    /// <summary>400: the name is taken.</summary>
    public const string ResourceAlreadyExists = "RESOURCE_ALREADY_EXISTS";

    /// <summary>400: not possible in the state that the thing is in.</summary>
    public const string InvalidState = "INVALID_STATE";

    /// <summary>400: the request cannot be read.</summary>
    public const string BadRequest = "BAD_REQUEST";

    /// <summary>404: no such experiment, run, model, version or file.</summary>
    public const string ResourceDoesNotExist = "RESOURCE_DOES_NOT_EXIST";

    /// <summary>404: no such address.</summary>
    public const string EndpointNotFound = "ENDPOINT_NOT_FOUND";

    /// <summary>401: who are you?</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>403: not with this role.</summary>
    public const string PermissionDenied = "PERMISSION_DENIED";

    /// <summary>409: another change came first; try again.</summary>
    public const string Aborted = "ABORTED";

    /// <summary>429: too many requests, or too large a one.</summary>
    public const string RequestLimitExceeded = "REQUEST_LIMIT_EXCEEDED";

    /// <summary>503: the database is away; nothing was written; try again later.</summary>
    public const string TemporarilyUnavailable = "TEMPORARILY_UNAVAILABLE";

    /// <summary>501: an endpoint of MLflow that this server does not have.</summary>
    public const string NotImplemented = "NOT_IMPLEMENTED";

    /// <summary>500: a fault of the server.</summary>
    public const string InternalError = "INTERNAL_ERROR";
}
