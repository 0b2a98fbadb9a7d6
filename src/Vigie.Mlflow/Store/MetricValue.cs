using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>A metric's value as the database keeps it: NaN is 0 with a mark, so that it takes part in no comparison; ±∞ is the greatest finite number.</summary>
internal readonly record struct MetricValue(double Value, bool IsNaN)
{
    public static MetricValue Of(double value) => double.IsNaN(value) ? new MetricValue(0, true) : new MetricValue(Math.Clamp(value, double.MinValue, double.MaxValue), false);

    /// <summary>The columns value and is_nan, side by side.</summary>
    public static double Read(DbDataReader reader, int column) => reader.GetInt64(column + 1) != 0 ? double.NaN : reader.GetDouble(column);
}
