using Vigie.Text;

namespace Vigie.Features;

/// <summary>
/// A vectoriser that knows its features, by vocabulary or by hashing. Immutable and shared by threads; each thread brings its
/// own <see cref="FeatureRow"/>. Training and prediction read texts through the same code.
/// </summary>
public sealed class FittedVectorizer
{
    private readonly Tokenizer tokenizer;

    internal FittedVectorizer(NgramVectorizer options, Vocabulary? vocabulary, double[]? weights)
    {
        Options = options;
        Vocabulary = vocabulary;
        Weights = weights;
        tokenizer = new Tokenizer(options.Text);
    }

    /// <summary>The hyperparameters.</summary>
    public NgramVectorizer Options { get; }

    /// <summary>The features; null where they are hashed.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>Inverse document frequency or naive-Bayes weight of each feature; null where every feature weighs 1.</summary>
    public double[]? Weights { get; }

    /// <summary>Number of features.</summary>
    public int FeatureCount => Vocabulary?.Count ?? 1 << Options.HashBits!.Value;

    /// <summary>A row for use by one thread.</summary>
    public FeatureRow NewRow() => new(new NgramBuffer(tokenizer, Options.Ngrams));

    /// <summary>Fills <paramref name="row"/> with the features of a text.</summary>
    public void Transform(ReadOnlySpan<char> text, FeatureRow row)
    {
        row.Ngrams.Fill(text);
        row.Clear();
        if (Vocabulary is not null) Vocabulary.CountColumns(row.Ngrams.Fingerprints, row);
        else
        {
            foreach (ulong fingerprint in row.Ngrams.Fingerprints) row.Count(Column(fingerprint));
        }
        Weigh(row.Columns, row.WritableValues);
    }

    /// <summary>The column of an n-gram, or -1 where training did not keep it.</summary>
    internal int Column(ulong fingerprint) => Vocabulary is not null ? Vocabulary.Find(fingerprint) : (int)(fingerprint >> (64 - Options.HashBits!.Value));

    /// <summary>Vectorises many texts on all processors.</summary>
    public SparseMatrix Transform(IReadOnlyList<string> texts)
    {
        var rows = new (int[] Columns, double[] Values)[texts.Count];
        Parallel.For(0, texts.Count, NewRow, (i, _, row) =>
        {
            Transform(texts[i], row);
            rows[i] = (row.Columns.ToArray(), row.Values.ToArray());
            return row;
        }, _ => { });
        return Concatenate(rows);
    }

    /// <summary>The weighted matrix of the texts that the vectoriser was fitted on.</summary>
    public SparseMatrix Weigh(NgramMatrix counts)
    {
        if (counts.EntryCount > Array.MaxLength) throw new InvalidInputException($"{counts.EntryCount} entries are too many for one matrix: set max_features or min_df");
        var start = new int[counts.RowCount + 1];
        for (int i = 0; i < counts.RowCount; i++) start[i + 1] = start[i] + counts.Columns(i).Length;
        var columns = new int[start[^1]];
        var values = new double[start[^1]];
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, counts.RowCount), range =>
        {
            for (int i = range.Item1; i < range.Item2; i++)
            {
                Span<double> row = values.AsSpan(start[i], start[i + 1] - start[i]);
                counts.Columns(i).CopyTo(columns.AsSpan(start[i]));
                ReadOnlySpan<ushort> times = counts.Counts(i);
                for (int k = 0; k < row.Length; k++) row[k] = times.IsEmpty ? 1 : times[k];
                Weigh(columns.AsSpan(start[i], row.Length), row);
            }
        });
        return new SparseMatrix(start, columns, values, FeatureCount);
    }

    private void Weigh(ReadOnlySpan<int> columns, Span<double> values)
    {
        double squares = 0;
        for (int k = 0; k < values.Length; k++)
        {
            double value = values[k];
            if (Options.Binary) value = 1;
            else if (Options.SublinearTf) value = 1 + Math.Log(value);
            if (Weights is not null) value *= Weights[columns[k]];
            values[k] = value;
            squares += value * value;
        }
        if (!Options.L2 || squares == 0) return;
        double scale = 1 / Math.Sqrt(squares);
        for (int k = 0; k < values.Length; k++) values[k] *= scale;
    }

    private SparseMatrix Concatenate((int[] Columns, double[] Values)[] rows)
    {
        var start = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) start[i + 1] = checked(start[i] + rows[i].Columns.Length);
        var columns = new int[start[^1]];
        var values = new double[start[^1]];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Columns.CopyTo(columns, start[i]);
            rows[i].Values.CopyTo(values, start[i]);
        }
        return new SparseMatrix(start, columns, values, FeatureCount);
    }
}
