using Vigie.Tweets;

namespace Vigie.Evaluation;

/// <summary>The agreement between labels and the columns of a probability matrix.</summary>
public static class ClassColumns
{
    /// <summary>How a class is written in reports, files and answers.</summary>
    public static string NameOf(Sentiment sentiment) => sentiment switch
    {
        Sentiment.Negative => "negative",
        Sentiment.Neutral => "neutral",
        Sentiment.Positive => "positive",
        _ => throw new InvalidInputException($"{(byte)sentiment} is no sentiment; there are 0 (negative), 1 (neutral) and 2 (positive)"),
    };

    /// <summary>The column of each label.</summary>
    /// <exception cref="InvalidInputException">A label is not among the classes, such as a neutral row shown to a two-class model.</exception>
    public static byte[] Of(ReadOnlySpan<Sentiment> labels, IReadOnlyList<Sentiment> classes)
    {
        var columns = new byte[labels.Length];
        Span<int> columnOf = [-1, -1, -1];
        for (int column = 0; column < classes.Count; column++) columnOf[(int)classes[column]] = column;
        for (int row = 0; row < labels.Length; row++)
        {
            int column = columnOf[(int)labels[row]];
            if (column < 0)
            {
                throw new InvalidInputException(
                    $"row {row} is labelled {NameOf(labels[row])}, and the model knows {string.Join(", ", classes.Select(NameOf))} only; leave such rows out or use a model that has the class");
            }
            columns[row] = (byte)column;
        }
        return columns;
    }

    /// <summary>One column of a row-major matrix.</summary>
    public static double[] Column(ReadOnlySpan<double> matrix, int columns, int column)
    {
        var values = new double[matrix.Length / columns];
        for (int row = 0; row < values.Length; row++) values[row] = matrix[row * columns + column];
        return values;
    }

    internal static void Check(ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, int classes)
    {
        if (classes < 2) throw new InvalidInputException($"a classifier has two classes or more, got {classes}");
        if (truth.IsEmpty) throw new InvalidInputException("there are no rows to evaluate");
        if (probabilities.Length != (long)truth.Length * classes)
        {
            throw new InvalidInputException($"{truth.Length} rows of {classes} classes take {(long)truth.Length * classes} probabilities, got {probabilities.Length}");
        }
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] is not (>= 0 and <= 1)) throw new InvalidInputException($"row {i / classes}: probability {probabilities[i]} of class {i % classes} lies outside [0, 1]");
        }
    }
}
