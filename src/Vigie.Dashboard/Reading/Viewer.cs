using System.Globalization;
using System.Net;
using System.Security.Claims;
using Vigie.Dashboard.SignIn;
using Vigie.Server;

namespace Vigie.Dashboard.Reading;

/// <summary>Who reads: what they may do, and how words, figures and times are written for them. One for each circuit.</summary>
public sealed class Viewer
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB"), French = CultureInfo.GetCultureInfo("fr-FR");

    private readonly Sessions sessions;
    private ClaimsPrincipal? visitor;
    private Taste taste = new();
    private IPAddress? address;

    internal Viewer(Sessions sessions, TimeProvider clock) => (this.sessions, Clock) = (sessions, clock);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Their language, <c>en</c> or <c>fr</c>.</summary>
    public string Language => taste.Language;

    /// <summary>Their theme: <c>auto</c>, <c>light</c> or <c>dark</c>.</summary>
    public string Theme => taste.Theme;

    /// <summary>How figures and dates are written in their language.</summary>
    public CultureInfo Culture => taste.Language == "fr" ? French : English;

    /// <summary>Their time zone.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>They turned out to be in another time zone than was thought.</summary>
    internal event Action? Moved;

    /// <summary>Who they are, as the log and histories name them: <c>key:NAME</c>; null where nobody is asked.</summary>
    public string? Id => visitor?.Identity?.Name;

    /// <summary>As <see cref="Id"/>, and where nobody is asked, the account that the server runs under.</summary>
    public string Name => Id ?? Environment.UserName;

    /// <summary>Whether they signed in, and so can sign out.</summary>
    public bool IsSignedIn => Id is not null;

    /// <summary>Whose requests theirs are counted with.</summary>
    internal Client Client => Id is { } id ? Client.Named(id) : Client.At(address);

    /// <summary>Whether they may do what needs a scope.</summary>
    public bool May(Scope scope) => sessions.ScopesOf(visitor).Allow(scope);

    /// <summary>Stops here unless they may.</summary>
    /// <exception cref="InvalidInputException">They may not, or no longer.</exception>
    public void Demand(Scope scope)
    {
        if (May(scope)) return;
        string name = ScopeNames.Of(scope);
        throw new InvalidInputException(T($"this needs the scope {name}, which your key does not have, or no longer has", $"il faut la portée {name}, que votre clé n’a pas ou n’a plus"));
    }

    /// <summary>One thing in their language.</summary>
    public string T(string english, string french) => taste.T(english, french);

    /// <summary>A whole number.</summary>
    public string Count(long value) => value.ToString("N0", Culture);

    /// <summary>A number with a fixed number of decimals; an em dash where there is none.</summary>
    public string Number(double? value, int decimals = 3) => value is { } some && double.IsFinite(some) ? some.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), Culture) : "—";

    /// <summary>A number as short as its size allows, as metrics of all kinds need it.</summary>
    public string Short(double? value) => value switch
    {
        null => "—",
        { } some when !double.IsFinite(some) => some.ToString(Culture),
        0 => "0",
        { } some when Math.Abs(some) is >= 1e6 or < 1e-3 => some.ToString("0.###e0", Culture),
        { } some => some.ToString(Math.Abs(some) >= 1000 ? "#,0.#" : "0.####", Culture),
    };

    /// <summary>A share as a percentage; an em dash where there is none.</summary>
    public string Percent(double? share, int decimals = 1) => share is { } some && double.IsFinite(some) ? some.ToString("P" + decimals.ToString(CultureInfo.InvariantCulture), Culture) : "—";

    /// <summary>A length of time in its largest fitting unit: <c>850 µs</c>, <c>3.2 ms</c>, <c>4 min</c>.</summary>
    public string Span(TimeSpan? time)
    {
        if (time is not { } some) return "—";
        (double amount, string unit) = some.TotalSeconds switch
        {
            < 0.001 => (some.TotalMicroseconds, "µs"),
            < 1 => (some.TotalMilliseconds, "ms"),
            < 60 => (some.TotalSeconds, "s"),
            < 3600 => (some.TotalMinutes, "min"),
            < 86400 => (some.TotalHours, "h"),
            _ => (some.TotalDays, T("d", "j")),
        };
        return $"{amount.ToString(amount < 10 ? "0.#" : "0", Culture)} {unit}";
    }

    /// <summary>A date and time of day in their zone.</summary>
    public string Moment(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMM yyyy HH:mm", Culture);

    /// <summary>How long ago, or until when, in words.</summary>
    public string Ago(DateTimeOffset at)
    {
        TimeSpan past = Clock.GetUtcNow() - at;
        if (past < TimeSpan.Zero) return T($"in {Span(-past)}", $"dans {Span(-past)}");
        return past < TimeSpan.FromSeconds(5) ? T("just now", "à l’instant") : T($"{Span(past)} ago", $"il y a {Span(past)}");
    }

    internal void Begin(Taste taste, ClaimsPrincipal? visitor, string? from = null)
    {
        address = IPAddress.TryParse(from, out IPAddress? known) ? known : null;
        (this.taste, this.visitor) = (taste, visitor?.Identity?.IsAuthenticated == true ? visitor : null);
        MoveTo(taste.Zone);
    }

    /// <summary>Takes on a time zone.</summary>
    /// <returns>Whether it is another than before.</returns>
    internal bool MoveTo(string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found) || found.Id == Zone.Id) return false;
        Zone = found;
        Moved?.Invoke();
        return true;
    }
}
