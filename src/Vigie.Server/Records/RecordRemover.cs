namespace Vigie.Server;

/// <summary>
/// Removes what is older than a day, a few hundred rows at a time. Rows are first blanked where they stand, and then removed from the beginning of their table
/// up to a distance from the first row that is not blank: what SQLite moves to close the gaps is blank then (see the migration).
/// </summary>
internal sealed class RecordRemover(RecordDatabase database, FigureWriter figures, ReviewWriter reviews) : IRecordRemover
{
    private const int Rows = 500;

    /// <summary>Blank rows that stay between what is removed and what is not: more than SQLite could have on the three pages that it puts in order together.</summary>
    private const int Distance = 400;

    private readonly RecordStatement
        oldPredictions = database.Prepare("SELECT number, id, text, tweet_id FROM predictions WHERE id > ?1 AND id < ?2 AND blank = 0 ORDER BY id LIMIT ?3"),
        oldFeedback = database.Prepare("SELECT number, text, comment FROM feedback WHERE number > ?1 AND blank = 0 AND (id < ?2 OR prediction < ?2) ORDER BY number LIMIT ?3"),
        blankPrediction = database.Prepare(RecordEraser.BlankPrediction + " WHERE number = ?1"),
        blankFeedback = database.Prepare(RecordEraser.BlankFeedback + " WHERE number = ?1"),
        removePredictions = database.Prepare("DELETE FROM predictions WHERE number IN (SELECT number FROM predictions WHERE number < ?1 ORDER BY number LIMIT ?2)"),
        removeFeedback = database.Prepare("DELETE FROM feedback WHERE number IN (SELECT number FROM feedback WHERE number < ?1 ORDER BY number LIMIT ?2)");

    private byte[] cutoff = [], reached = [];
    private long feedback;
    private Stage stage = Stage.Done;
    private long boundary;

    /// <inheritdoc/>
    public bool IsBusy => stage != Stage.Done;

    /// <inheritdoc/>
    public void Begin(DateTimeOffset day)
    {
        cutoff = TrialRecords.IdAt(day);
        reached = new byte[16];
        feedback = 0;
        stage = Stage.BlankPredictions;
    }

    /// <inheritdoc/>
    public void Go()
    {
        try
        {
            database.Run("BEGIN IMMEDIATE");
            Stage next = stage switch
            {
                Stage.BlankPredictions => BlankPredictions() ? stage : Stage.BlankFeedback,
                Stage.BlankFeedback => BlankFeedback() ? stage : Bound("predictions", Stage.RemovePredictions),
                Stage.RemovePredictions => Remove(removePredictions) ? stage : Bound("feedback", Stage.RemoveFeedback),
                Stage.RemoveFeedback => Remove(removeFeedback) ? stage : Stage.RemoveFigures,
                Stage.RemoveFigures => RemoveFigures(),
                _ => Stage.Done,
            };
            database.Run("COMMIT");
            stage = next;
        }
        catch
        {
            database.Abandon();
            throw;
        }
    }

    private bool BlankPredictions()
    {
        var found = new List<(long Number, int? Text, int? Tweet)>();
        oldPredictions.BindBlob(1, reached).BindBlob(2, cutoff).Bind(3, Rows);
        byte[] last = reached;
        while (oldPredictions.Step())
        {
            found.Add((oldPredictions.Int64(0), RecordEraser.LengthOf(oldPredictions, 2), RecordEraser.LengthOf(oldPredictions, 3)));
            last = oldPredictions.Blob(1);
        }

        foreach ((long number, int? text, int? tweet) in found)
            blankPrediction.Bind(1, number).Bind(2, RecordEraser.Blank(text)).Bind(3, RecordEraser.Blank(tweet)).Run();
        reached = last;
        return found.Count == Rows;
    }

    private bool BlankFeedback()
    {
        var found = new List<(long Number, int? Text, int? Comment)>();
        oldFeedback.Bind(1, feedback).BindBlob(2, cutoff).Bind(3, Rows);
        while (oldFeedback.Step()) found.Add((oldFeedback.Int64(0), RecordEraser.LengthOf(oldFeedback, 1), RecordEraser.LengthOf(oldFeedback, 2)));
        foreach ((long number, int? text, int? comment) in found)
            blankFeedback.Bind(1, number).Bind(2, RecordEraser.Blank(text)).Bind(3, RecordEraser.Blank(comment)).Run();
        if (found.Count > 0) feedback = found[^1].Number;
        return found.Count == Rows;
    }

    /// <summary>Finds how far a table may be removed: to a distance from its first row that has to stay, which may be one that an erasure has blanked since.</summary>
    private Stage Bound(string table, Stage next)
    {
        string old = Convert.ToHexString(cutoff);
        string stays = table == "feedback" ? $"id >= x'{old}' AND (prediction IS NULL OR prediction >= x'{old}')" : $"id >= x'{old}'";
        boundary = database.Number($"SELECT ifnull((SELECT number FROM {table} WHERE {stays} ORDER BY number LIMIT 1), (SELECT ifnull(max(number), 0) FROM {table})) - {Distance}");
        return next;
    }

    private bool Remove(RecordStatement remove) => remove.Bind(1, boundary).Bind(2, Rows).Run() == Rows;

    private Stage RemoveFigures()
    {
        figures.RemoveBefore(FigureBatch.MinuteOf(cutoff));
        reviews.RemoveBefore(cutoff);
        return Stage.Done;
    }

    private enum Stage
    {
        Done,
        BlankPredictions,
        BlankFeedback,
        RemovePredictions,
        RemoveFeedback,
        RemoveFigures,
    }
}
