using System.Globalization;

namespace Vigie.Server;

/// <summary>Which models were on duty in the past, and what trials came to, as far as predictions and corrections tell it.</summary>
internal sealed class PastDuty
{
    private static readonly TimeSpan OffDuty = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (AlertModel Model, DateTimeOffset At)> seen = [];
    private readonly Dictionary<string, (PastRecord Record, bool IsChallenger)> corrected = [];
    private PastModel? champion, challenger;
    private (PastModel Champion, PastModel Challenger, bool IsShadow, DateTimeOffset Since)? trial;
    private DateTimeOffset challengedAt;
    private long championAnswers, challengerAnswers;
    private TrialCounts? counts;
    private AlertModel[]? models;

    /// <summary>The models that predicted within the last hour.</summary>
    public IReadOnlyList<AlertModel> ModelsAt(DateTimeOffset now)
    {
        foreach (string gone in seen.Where(pair => now - pair.Value.At > OffDuty).Select(pair => pair.Key).ToArray())
        {
            seen.Remove(gone);
            models = null;
        }

        return models ??= [.. seen.Values.Select(one => one.Model).OrderBy(model => model.Digest, StringComparer.Ordinal)];
    }

    /// <summary>The trial under way, and what it has come to.</summary>
    public (TrialPeriod Trial, TrialCounts Counts)? TrialAt(DateTimeOffset now)
    {
        if (trial is not { } current || now - challengedAt > OffDuty) return null;
        counts ??= Count(current.IsShadow);
        return (new TrialPeriod(current.Champion.Digest, current.Challenger.Digest, current.IsShadow ? 0 : 0.5, current.Since), counts);
    }

    public void Add(in PastRecord prediction)
    {
        PastModel model = prediction.Model!;
        ModelPart part = prediction.Part is ModelPart.Batch ? ModelPart.Champion : prediction.Part;
        if (seen.TryGetValue(model.Digest, out var known) && (known.Model.Part == part || part is ModelPart.Named))
        {
            seen[model.Digest] = (known.Model, prediction.At);
        }
        else
        {
            seen[model.Digest] = (new AlertModel(model.Digest, model.Name, part), prediction.At);
            models = null;
        }

        if (prediction.Part is ModelPart.Champion) champion = model;
        if ((prediction.Part is ModelPart.Challenger ? model : prediction.Shadow) is { } tried)
        {
            (challenger, challengedAt) = (tried, prediction.At);
            Begin(prediction.Part is not ModelPart.Challenger, prediction.At);
        }

        if (trial is not { } current) return;
        if (prediction.Part is ModelPart.Champion && model == current.Champion) championAnswers++;
        else if (prediction.Part is ModelPart.Challenger && model == current.Challenger) challengerAnswers++;
        else return;
        counts = null;
    }

    /// <summary>Takes a correction in: the last about a prediction counts, and only predictions of the trial.</summary>
    public void Correct(in PastRecord correction)
    {
        if (trial is not { } current || correction.Prediction is not { } id || correction.Predicted is null || !(MadeAt(id) >= current.Since)) return;
        bool own = correction.Part is ModelPart.Champion && correction.Model == current.Champion;
        bool other = correction.Part is ModelPart.Challenger && correction.Model == current.Challenger;
        if (!own && !other) return;
        if (current.IsShadow && (correction.Shadow != current.Challenger || correction.ShadowSaid is null)) return;
        corrected[id] = (correction, other);
        counts = null;
    }

    private void Begin(bool isShadow, DateTimeOffset at)
    {
        if (champion is null || champion == challenger) return;
        if (trial is { } current && current.Champion == champion && current.Challenger == challenger && current.IsShadow == isShadow) return;
        trial = (champion, challenger!, isShadow, at);
        (championAnswers, challengerAnswers, counts) = (0, 0, null);
        corrected.Clear();
    }

    private TrialCounts Count(bool isShadow)
    {
        long Of(Func<PastRecord, bool, bool> which) => corrected.Values.LongCount(one => which(one.Record, one.IsChallenger));
        return isShadow
            ? new TrialCounts
            {
                BothRight = Of((one, _) => one.Predicted == one.Right && one.ShadowSaid == one.Right),
                OnlyChampionRight = Of((one, _) => one.Predicted == one.Right && one.ShadowSaid != one.Right),
                OnlyChallengerRight = Of((one, _) => one.Predicted != one.Right && one.ShadowSaid == one.Right),
                BothWrong = Of((one, _) => one.Predicted != one.Right && one.ShadowSaid != one.Right),
            }
            : new TrialCounts
            {
                ChampionAnswers = championAnswers,
                ChallengerAnswers = challengerAnswers,
                ChampionWrong = Of((one, isChallenger) => !isChallenger && one.Predicted != one.Right),
                ChallengerWrong = Of((one, isChallenger) => isChallenger && one.Predicted != one.Right),
            };
    }

    /// <summary>When a prediction was made, by its id; null where the id is not one of a server.</summary>
    private static DateTimeOffset? MadeAt(string id) =>
        id.Length == 32 && ulong.TryParse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong milliseconds) && milliseconds < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : null;
}
