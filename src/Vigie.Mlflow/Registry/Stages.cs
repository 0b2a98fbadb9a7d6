namespace Vigie.Mlflow;

/// <summary>Moves versions between stages within a transaction that holds their model.</summary>
internal static class Stages
{
    public static async Task MoveAsync(Session session, long model, long version, string stage, bool archiveExisting, long now)
    {
        if (archiveExisting) await ArchiveOthersAsync(session, model, version, stage, now);
        await session.ExecuteAsync(
            "UPDATE model_versions SET stage = @stage, last_update_time = @now WHERE registered_model_id = @id AND version = @version",
            ("@stage", stage), ("@now", now), ("@id", model), ("@version", version));
        await session.ExecuteAsync("UPDATE registered_models SET last_update_time = @now WHERE id = @id", ("@now", now), ("@id", model));
    }

    private static Task<int> ArchiveOthersAsync(Session session, long model, long version, string stage, long now) => session.ExecuteAsync(
        "UPDATE model_versions SET stage = @archived, last_update_time = @now WHERE registered_model_id = @id AND version <> @version AND stage = @stage",
        ("@archived", ModelStage.Archived), ("@now", now), ("@id", model), ("@version", version), ("@stage", stage));
}
