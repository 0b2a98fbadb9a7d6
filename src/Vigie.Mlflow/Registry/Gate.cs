using System.Data.Common;
using System.Text.Json;

namespace Vigie.Mlflow;

/// <summary>
/// The gate before Production: a rule for each registered model, applied to a version when it enters Staging and when somebody asks. A version in Staging that
/// passes is made champion in the same transaction; why, or why not, is kept.
/// </summary>
public sealed class Gate
{
    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Webhooks webhooks;

    internal Gate(Database database, TimeProvider clock, Webhooks webhooks)
    {
        this.database = database;
        this.clock = clock;
        this.webhooks = webhooks;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives a registered model a rule, in place of the one it had.</summary>
    /// <exception cref="MlflowException">The model is not there, or the rule cannot be read.</exception>
    public Task SetAsync(string name, string rule, string? by = null, CancellationToken cancellation = default)
    {
        GateRule.Parse(rule);
        RegistryNames.Text(rule, "rule");
        RegistryNames.Text(by, "by");
        return database.WriteAsync(
            async session => await session.ExecuteAsync(
                "INSERT INTO gates (registered_model_id, rule, set_by, set_at) VALUES (@id, @rule, @by, @at) " +
                "ON CONFLICT (registered_model_id) DO UPDATE SET rule = excluded.rule, set_by = excluded.set_by, set_at = excluded.set_at",
                ("@id", (await RegisteredRows.HoldAsync(session, name)).Id), ("@rule", rule), ("@by", by), ("@at", Now)),
            cancellation);
    }

    /// <summary>Takes a registered model's rule away: nothing is promoted by itself any more.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellation = default) => database.WriteAsync(
        async session => await session.ExecuteAsync("DELETE FROM gates WHERE registered_model_id = @id", ("@id", (await RegisteredRows.HoldAsync(session, name)).Id)), cancellation);

    /// <summary>A registered model's rule, or null where it has none.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task<GateRule?> GetAsync(string name, CancellationToken cancellation = default) =>
        database.ReadAsync(async session => await RuleOfAsync(session, (await RegisteredRows.FindAsync(session, name)).Id), cancellation);

    /// <summary>Applies the rule to a version, and keeps the decision; a version in Staging that passes is made champion.</summary>
    /// <exception cref="MlflowException">The model or the version is not there, or the model has no rule (INVALID_STATE).</exception>
    public async Task<GateDecision> EvaluateAsync(string name, string version, CancellationToken cancellation = default)
    {
        long number = RegistryNames.Version(version);
        GateDecision decision = await database.WriteAsync(
            async session =>
            {
                HeldModel model = await RegisteredRows.HoldAsync(session, name);
                ModelVersion judged = await RegisteredRows.VersionAsync(session, model.Id, name, number);
                GateRule rule = await RuleOfAsync(session, model.Id)
                    ?? throw new MlflowException(ErrorCode.InvalidState, $"'{name}' has no gate; set one, such as: f1 > 0.790 and f1 > champion.f1");
                return await DecideAsync(session, model.Id, judged, rule, GateOccasion.Request, Now);
            },
            cancellation);
        webhooks.Announce();
        return decision;
    }

    /// <summary>
    /// Makes a version the champion if the rule lets it, in one transaction: whatever is promoted meanwhile, it was compared with the champion that it follows. The decision is kept either way.
    /// </summary>
    /// <param name="name">The registered model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="by">Who, for the history.</param>
    /// <param name="cancellation">Ends the waiting before the write has begun.</param>
    /// <returns>The decision; where it did not pass, nothing has changed. Null where the model has no rule: then the version is champion.</returns>
    /// <exception cref="MlflowException">The model or the version is not there.</exception>
    public async Task<GateDecision?> PromoteAsync(string name, string version, string? reason = null, string? by = null, CancellationToken cancellation = default)
    {
        long number = RegistryNames.Version(version);
        RegistryNames.Text(reason, "reason");
        RegistryNames.Text(by, "by");
        GateDecision? decision = await database.WriteAsync(
            async session =>
            {
                HeldModel model = await RegisteredRows.HoldAsync(session, name);
                ModelVersion judged = await RegisteredRows.VersionAsync(session, model.Id, name, number);
                GateDecision? said = await RuleOfAsync(session, model.Id) is { } rule ? await JudgeAsync(session, model.Id, judged, rule, GateOccasion.Request, Now) : null;
                if (said is not null) await KeepAsync(session, model.Id, said = said with { Promoted = said.Passed });
                if (said is null or { Passed: true })
                    await Promotion.CrownAsync(session, model.Id, number, new ChampionChange { Name = name, Kind = ChampionChangeKind.Promoted, Reason = reason, ChangedBy = by, ChangedAt = Now });
                return said;
            },
            cancellation);
        webhooks.Announce();
        return decision;
    }

    /// <summary>What a rule would say of a version. Nothing is kept and nothing is promoted.</summary>
    /// <exception cref="MlflowException">The model or the version is not there.</exception>
    public Task<GateDecision> TryAsync(string name, string version, GateRule rule, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rule);
        long number = RegistryNames.Version(version);
        return database.ReadAsync(
            async session =>
            {
                HeldModel model = await RegisteredRows.FindAsync(session, name);
                return await JudgeAsync(session, model.Id, await RegisteredRows.VersionAsync(session, model.Id, name, number), rule, GateOccasion.Request, Now);
            },
            cancellation);
    }

    /// <summary>Decisions, the newest first; of one version where it is named.</summary>
    /// <exception cref="MlflowException">The model is not there.</exception>
    public Task<IReadOnlyList<GateDecision>> DecisionsAsync(string name, string? version = null, int maxResults = 100, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxResults);
        long? number = version is null ? null : RegistryNames.Version(version);
        return database.ReadAsync<IReadOnlyList<GateDecision>>(
            async session => await session.QueryAsync(
                "SELECT version, champion, rule, passed, promoted, reason, comparisons, occasion, decided_at FROM gate_decisions " +
                $"WHERE registered_model_id = @id{(number is null ? "" : " AND version = @version")} ORDER BY id DESC LIMIT @max",
                reader => Read(reader, name),
                [("@id", (await RegisteredRows.FindAsync(session, name)).Id), ("@max", (long)maxResults), .. number is null ? [] : new (string, object?)[] { ("@version", number) }]),
            cancellation);
    }

    /// <summary>Called within the transaction that moved a version to Staging.</summary>
    internal static async Task OnStagingAsync(Session session, long model, ModelVersion version, long now)
    {
        if (await RuleOfAsync(session, model) is { } rule) await DecideAsync(session, model, version, rule, GateOccasion.Staging, now);
    }

    private static async Task<GateDecision> DecideAsync(Session session, long model, ModelVersion version, GateRule rule, string occasion, long now)
    {
        GateDecision decision = await JudgeAsync(session, model, version, rule, occasion, now);
        decision = decision with { Promoted = decision.Passed && version.CurrentStage == ModelStage.Staging };
        await KeepAsync(session, model, decision);
        if (decision.Promoted)
        {
            await Promotion.CrownAsync(
                session, model, RegistryNames.Version(version.Version), new ChampionChange { Name = version.Name, Kind = ChampionChangeKind.Gate, Reason = $"{rule.Text} — {decision.Reason}", ChangedAt = now });
        }

        return decision;
    }

    private static Task<int> KeepAsync(Session session, long model, GateDecision decision) => session.ExecuteAsync(
        "INSERT INTO gate_decisions (registered_model_id, version, champion, rule, passed, promoted, reason, comparisons, occasion, decided_at) " +
        "VALUES (@id, @version, @champion, @rule, @passed, @promoted, @reason, @comparisons, @occasion, @at)",
        ("@id", model), ("@version", RegistryNames.Version(decision.Version)), ("@champion", decision.Champion is null ? null : RegistryNames.Version(decision.Champion)), ("@rule", decision.Rule),
        ("@passed", decision.Passed ? 1 : 0), ("@promoted", decision.Promoted ? 1 : 0), ("@reason", decision.Reason),
        ("@comparisons", JsonSerializer.Serialize([.. decision.Comparisons], GateJson.Default.ListGateComparison)), ("@occasion", decision.Occasion), ("@at", decision.DecidedAt));

    private static async Task<GateDecision> JudgeAsync(Session session, long model, ModelVersion version, GateRule rule, string occasion, long now)
    {
        ModelVersion? champion = await Promotion.ChampionOfAsync(session, model) is { } number ? await RegisteredRows.VersionAsync(session, model, version.Name, number) : null;
        GateVerdict verdict = GateVerdict.Of(rule, await VersionMetrics.OfAsync(session, version), champion is null ? null : await VersionMetrics.OfAsync(session, champion));
        return new GateDecision
        {
            Name = version.Name,
            Version = version.Version,
            Rule = rule.Text,
            Passed = verdict.Passed,
            Reason = verdict.Reason,
            Comparisons = verdict.Comparisons,
            Champion = champion?.Version,
            Occasion = occasion,
            DecidedAt = now,
        };
    }

    private static async Task<GateRule?> RuleOfAsync(Session session, long model) =>
        await session.ScalarAsync<string>("SELECT rule FROM gates WHERE registered_model_id = @id", ("@id", model)) is { } text ? GateRule.Parse(text) : null;

    private static GateDecision Read(DbDataReader reader, string name) => new()
    {
        Name = name,
        Version = RegisteredRows.Written(reader.GetInt64(0)),
        Champion = reader.NumberOrNull(1) is { } champion ? RegisteredRows.Written(champion) : null,
        Rule = reader.GetString(2),
        Passed = reader.GetInt32(3) == 1,
        Promoted = reader.GetInt32(4) == 1,
        Reason = reader.GetString(5),
        Comparisons = JsonSerializer.Deserialize(reader.GetString(6), GateJson.Default.ListGateComparison)!,
        Occasion = reader.GetString(7),
        DecidedAt = reader.GetInt64(8),
    };
}
