namespace Vigie.Server;

/// <summary>Removes what is older than a day, a few thousand rows at a time. Every server does it; who comes second finds nothing.</summary>
internal sealed class PostgresRemover(PostgresSession session, PostgresFigures figures, ReviewWriter reviews) : IRecordRemover
{
    private const int Rows = 5000;

    // In the order in which they go.
    private static readonly string[] Old = ["predictions WHERE id < $1 ORDER BY id", "feedback WHERE id < $1 ORDER BY id", "feedback WHERE prediction < $1 ORDER BY prediction"];

    private byte[] cutoff = [];
    private int stage = Old.Length + 1;

    public bool IsBusy => stage <= Old.Length;

    public void Begin(DateTimeOffset day) => (cutoff, stage) = (TrialRecords.IdAt(day), 0);

    public void Go()
    {
        if (stage == Old.Length)
        {
            figures.RemoveBefore(FigureBatch.MinuteOf(cutoff));
            reviews.RemoveBefore(cutoff);
            stage++;
            return;
        }

        string old = Old[stage], table = old[..old.IndexOf(' ', StringComparison.Ordinal)];
        if (session.Run($"DELETE FROM {table} WHERE number IN (SELECT number FROM {old} LIMIT {Rows})", cutoff) < Rows) stage++;
    }
}
