using System.Net;

namespace Vigie.Client;

/// <summary>The server refused, or could not do it (RFC 9457).</summary>
public sealed class VigieProblemException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
    : Exception(problem is null ? $"the server answered {(int)status}" : $"{problem.Detail ?? problem.Title ?? "the server refused"} ({(int)status})")
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>What the server said of it; null where that was no problem document, as of a proxy.</summary>
    public Problem? Problem { get; } = problem;

    /// <summary>How long to wait, where the server said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>What went wrong.</summary>
/// <param name="Type">The kind, for programs: <c>urn:vigie:problem:…</c>.</param>
/// <param name="Title">The kind, for people.</param>
/// <param name="Detail">What was wrong this time, and what would be right.</param>
/// <param name="Field">The field at fault, as a path into the body; null where no single field is.</param>
/// <param name="RequestId">By which the server's log knows the request.</param>
public sealed record Problem(string? Type = null, string? Title = null, string? Detail = null, string? Field = null, string? RequestId = null);
