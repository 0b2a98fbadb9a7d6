namespace Vigie.Server;

/// <summary>Which trial is meant.</summary>
/// <param name="Champion">Digest of the champion.</param>
/// <param name="Challenger">Digest of the challenger.</param>
/// <param name="Share">The challenger's share of the traffic; 0 for a shadow.</param>
/// <param name="Since">When it began.</param>
internal sealed record TrialPeriod(string Champion, string Challenger, double Share, DateTimeOffset Since);

/// <summary>What the records know of a trial. A tweet counts as corrected once, by the latest correction; right is a label that the correction confirms.</summary>
internal sealed record TrialCounts
{
    /// <summary>Corrected tweets that champion and shadow both had right.</summary>
    public long BothRight { get; init; }

    /// <summary>Corrected tweets that the champion alone had right.</summary>
    public long OnlyChampionRight { get; init; }

    /// <summary>Corrected tweets that the shadow alone had right.</summary>
    public long OnlyChallengerRight { get; init; }

    /// <summary>Corrected tweets that both had wrong.</summary>
    public long BothWrong { get; init; }

    /// <summary>Tweets that the champion answered as champion; batches are not among them.</summary>
    public long ChampionAnswers { get; init; }

    /// <summary>Tweets that the challenger answered as a canary.</summary>
    public long ChallengerAnswers { get; init; }

    /// <summary>Of <see cref="ChampionAnswers"/>, those reported wrong.</summary>
    public long ChampionWrong { get; init; }

    /// <summary>Of <see cref="ChallengerAnswers"/>, those reported wrong.</summary>
    public long ChallengerWrong { get; init; }
}

/// <summary>Looks a trial's counts up in the records.</summary>
internal delegate Task<TrialCounts> TrialLedger(TrialPeriod period, CancellationToken cancellation);
