namespace Vigie.Cli;

/// <summary>One training to measure.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Size">The sample; null for all rows.</param>
internal sealed record BenchWork(string Recipe, int? Size)
{
    /// <summary>Settings of the recipe that differ from its own, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Whether single predictions are timed too.</summary>
    public bool Predictions { get; init; }
}

/// <summary>Models that are measured together: what their page is called, beside whom they stand, and what they are to reach.</summary>
/// <param name="Verb">As typed.</param>
/// <param name="Title">What is measured.</param>
/// <param name="Suffix">Of the page's file name, behind the processor's.</param>
/// <param name="Peers">Scripts that do the same.</param>
/// <param name="Targets">Numbers to reach.</param>
internal sealed record BenchSuite(string Verb, string Title, string Suffix, IReadOnlyList<Peer> Peers, IReadOnlyList<Target> Targets);
