namespace Vigie.Server;

/// <summary>The pages for people (<c>dashboard</c>), where a program serves them beside the API.</summary>
public sealed record DashboardOptions
{
    /// <summary>Whether there are any; a replica that answers programs alone needs none, and takes a dozen megabytes less.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>For how long somebody stays signed in; 5 minutes to 30 days. A key that is revoked ends it at once.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(12);

    /// <exception cref="InvalidInputException">A value is out of range.</exception>
    internal void Check()
    {
        if (Session < TimeSpan.FromMinutes(5) || Session > TimeSpan.FromDays(30)) throw new InvalidInputException($"dashboard.session is {Duration.Format(Session)}; expected 5 minutes to 30 days");
    }
}
