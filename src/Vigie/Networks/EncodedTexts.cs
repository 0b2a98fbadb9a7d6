namespace Vigie.Networks;

/// <summary>Texts as ids of embedding rows, one text behind the other. A text is one or more steps; a step is <see cref="Columns"/> ids, whose rows are summed.</summary>
public sealed class EncodedTexts
{
    private readonly int[] ids;
    private readonly int[] starts;

    /// <summary>Takes encoded texts.</summary>
    /// <param name="columns">Ids per step, from 1.</param>
    /// <param name="ids">All ids: text by text, step by step; kept, not copied.</param>
    /// <param name="starts">Where each text starts, and, last, where the last one ends; kept, not copied.</param>
    /// <exception cref="InvalidInputException">A text is empty or no whole number of steps.</exception>
    public EncodedTexts(int columns, int[] ids, int[] starts)
    {
        if (columns < 1) throw new InvalidInputException($"{columns} columns: expected 1 or more");
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] > ids.Length) throw new InvalidInputException("the texts' starts do not begin at 0 or go beyond the ids");
        for (int i = 1; i < starts.Length; i++)
        {
            int length = starts[i] - starts[i - 1];
            if (length <= 0 || length % columns != 0) throw new InvalidInputException($"text {i - 1} has {length} ids: expected 1 or more steps of {columns}");
        }
        (Columns, this.ids, this.starts) = (columns, ids, starts);
    }

    /// <summary>Ids per step.</summary>
    public int Columns { get; }

    /// <summary>Number of texts.</summary>
    public int Count => starts.Length - 1;

    /// <summary>The ids of a text, step by step.</summary>
    public ReadOnlySpan<int> this[int text] => ids.AsSpan(starts[text], starts[text + 1] - starts[text]);

    /// <summary>Number of steps of a text.</summary>
    public int Steps(int text) => (starts[text + 1] - starts[text]) / Columns;

    /// <summary>Number of steps of all texts.</summary>
    public long TotalSteps => starts[^1] / Columns;
}
