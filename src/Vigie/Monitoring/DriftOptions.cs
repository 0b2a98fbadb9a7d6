namespace Vigie.Monitoring;

/// <summary>How sure a drift alarm has to be, and what is too little to matter.</summary>
public sealed record DriftOptions
{
    /// <summary>False alarms a week that are accepted, of all signals together, however often one looks; 0.01 is one in two years. In (0, 1).</summary>
    public double FalseAlarmsPerWeek { get; init; } = 0.01;

    /// <summary>A class whose share is less than this off is as in training: shares swing with the hour and the day. In [0, 0.5].</summary>
    public double ClassTolerance { get; init; } = 0.02;

    /// <summary>Lengths and confidence are as in training where no share of texts below a value is more than this off. In [0, 0.5].</summary>
    public double DistributionTolerance { get; init; } = 0.03;

    /// <summary>So much may be added to the mean share of unknown words. In [0, 0.5].</summary>
    public double UnknownTolerance { get; init; } = 0.02;

    /// <summary>A word is rising when it stands in so many times more of the texts than in training. 1 to 100.</summary>
    public double WordFactor { get; init; } = 2;

    /// <summary>A single look is worth a notice, which is no alarm, where chance alone gives as much less often than this. In (0, 0.5].</summary>
    public double NoticeLevel { get; init; } = 0.01;

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="InvalidInputException">Names the setting, its value and its range.</exception>
    public void Check()
    {
        Within("false_alarms_per_week", FalseAlarmsPerWeek, FalseAlarmsPerWeek is > 0 and < 1, "above 0 and below 1");
        Within("class_tolerance", ClassTolerance, ClassTolerance is >= 0 and <= 0.5, "0 to 0.5");
        Within("distribution_tolerance", DistributionTolerance, DistributionTolerance is >= 0 and <= 0.5, "0 to 0.5");
        Within("unknown_tolerance", UnknownTolerance, UnknownTolerance is >= 0 and <= 0.5, "0 to 0.5");
        Within("word_factor", WordFactor, WordFactor is >= 1 and <= 100, "1 to 100");
        Within("notice_level", NoticeLevel, NoticeLevel is > 0 and <= 0.5, "above 0, at most 0.5");
    }

    private static void Within(string setting, double value, bool good, string range)
    {
        if (!good) throw new InvalidInputException($"drift.{setting} {value}: expected {range}");
    }
}
