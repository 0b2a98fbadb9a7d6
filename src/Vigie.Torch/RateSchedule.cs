using Vigie.Networks;

namespace Vigie.Torch;

/// <summary>The learning rate of each step.</summary>
internal sealed class RateSchedule(NetworkOptions options, long stepsPerEpoch)
{
    private readonly long total = stepsPerEpoch * options.Epochs;
    private readonly double warm = options.WarmUp * stepsPerEpoch * options.Epochs;

    /// <param name="step">From 0.</param>
    /// <param name="failures">Epochs so far that did not better the validation loss.</param>
    public double At(long step, int failures)
    {
        if (step < warm) return options.LearningRate * Math.Min(1, (step + 1) / warm);
        double share = Math.Clamp((step - warm) / Math.Max(1, total - warm), 0, 1);
        return options.LearningRate * options.Schedule switch
        {
            LearningRateSchedule.Linear => 1 - share,
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * share)) / 2,
            LearningRateSchedule.Plateau => Math.Pow(0.5, failures),
            _ => 1,
        };
    }
}
