namespace Vigie.Mlflow;

/// <summary>The latest metrics of a version: those of its run, and over them those measured on the logged model itself.</summary>
internal static class VersionMetrics
{
    public static async Task<IReadOnlyDictionary<string, double>> OfAsync(Session session, ModelVersion version)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        if (version.RunId is not null)
        {
            foreach ((string key, double value) in await session.QueryAsync(
                "SELECT k.name, l.value, l.is_nan FROM runs r JOIN latest_metrics l ON l.run = r.id JOIN metric_keys k ON k.id = l.key_id WHERE r.run_id = @run",
                reader => (reader.GetString(0), reader.GetInt32(2) == 1 ? double.NaN : reader.GetDouble(1)), ("@run", version.RunId))) metrics[key] = value;
        }

        if (version.ModelId is not null)
        {
            foreach ((string key, double value) in await session.QueryAsync(
                "SELECT key, value, is_nan FROM logged_model_metrics WHERE model_id = @model ORDER BY step, timestamp, value",
                reader => (reader.GetString(0), reader.GetInt32(2) == 1 ? double.NaN : reader.GetDouble(1)), ("@model", version.ModelId))) metrics[key] = value;
        }

        return metrics;
    }
}
