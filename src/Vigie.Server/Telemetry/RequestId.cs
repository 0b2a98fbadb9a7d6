using System.Diagnostics;

namespace Vigie.Server;

/// <summary>
/// Every request has an id: the caller's own (<c>X-Request-Id</c>) where it is a plain word, else one made here. It comes back in the same header, in problems and
/// in the log.
/// </summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";

    private const int MaxLength = 64;

    /// <summary>Takes or makes the id; <see cref="HttpContext.TraceIdentifier"/> has it from here on.</summary>
    public static void Settle(HttpContext context)
    {
        string? sent = context.Request.Headers[Header];
        if (sent is { Length: > 0 and <= MaxLength } && IsPlain(sent)) context.TraceIdentifier = sent;
        else if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity) context.TraceIdentifier = activity.SpanId.ToHexString();
        context.Response.Headers[Header] = context.TraceIdentifier;
    }

    // Nothing that could end a line of a log or open a tag of a page.
    private static bool IsPlain(string id)
    {
        foreach (char c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':')) return false;
        }

        return true;
    }
}
