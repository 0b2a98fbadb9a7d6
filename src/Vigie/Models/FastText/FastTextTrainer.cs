using Vigie.Features;
using Vigie.Text;

namespace Vigie.Models;

/// <summary>
/// Learns a <see cref="FastTextModel"/>: every n-gram has an embedding, a text is their sum over the square root of their number, a linear layer and
/// a softmax decide (A. Joulin, E. Grave, P. Bojanowski and T. Mikolov, <i>Bag of tricks for efficient text classification</i>, EACL 2017).
/// Options have fastText's names. What is other than in fastText, and why, stands in <c>docs/decisions/0220-fasttext.md</c>.
/// </summary>
public sealed record FastTextTrainer
{
    /// <summary>What is read of a text.</summary>
    public FastTextInput Input { get; init; } = new();

    /// <summary>Fewest times an n-gram, of words or of characters, must occur in all training texts; from 1.</summary>
    public int MinCount { get; init; } = 2;

    /// <summary>Length of the embeddings, from the number of classes less one, which is all that a linear layer can make use of, to 1,024.</summary>
    public int Dim { get; init; } = 2;

    /// <summary>Step length at the start; above 0. It falls to zero in a straight line, and for each embedding with what it has learnt already.</summary>
    public double Lr { get; init; } = 0.15;

    /// <summary>Passes over the texts, from 1.</summary>
    public int Epoch { get; init; } = 4;

    /// <summary>Processors that read the texts; 0 for all. The result does not depend on it: steps are taken by one.</summary>
    public int Thread { get; init; }

    /// <summary>Seeds the order of the texts and the output layer at the start.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Learns.</summary>
    /// <param name="texts">The training texts.</param>
    /// <param name="labels">Class index of each text, from 0 to <paramref name="classes"/> − 1; every class occurs.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="reading">Told the share of the texts read.</param>
    /// <param name="fitting">Told how far the passes are, and the loss after each.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, no n-gram is left, or the steps were so long that numbers overflowed.</exception>
    public FastTextModel Fit(
        IReadOnlyList<string> texts, ReadOnlySpan<byte> labels, int classes,
        IProgress<double>? reading = null, IProgress<FitProgress>? fitting = null, CancellationToken cancellation = default)
    {
        Validate(classes);
        if (labels.Length != texts.Count) throw new InvalidInputException($"{labels.Length} labels for {texts.Count} texts: each needs one");
        (NgramPlaces ngrams, NgramMatrix matrix, int[] rowOfColumn) =
            new NgramPlacesFit(new Tokenizer(Input.Text), Input.Ngrams, Input.Bucket, MinCount, Thread).Run(texts, reading, cancellation);
        var descent = new FastTextDescent(this, matrix, labels.ToArray(), classes);
        descent.Run(fitting, cancellation);
        // Half precision costs no accuracy and halves the bundle; the model in hand already computes with what will be read back.
        Half[] embeddings = Array.ConvertAll(descent.Embeddings(rowOfColumn), number => (Half)number);
        return new FastTextModel(Input, ngrams, embeddings, descent.Output, descent.Intercepts);
    }

    private void Validate(int classes)
    {
        Input.Validate();
        if (MinCount < 1) throw new InvalidInputException($"min_count {MinCount}: expected 1 or more");
        if (Dim < classes - 1 || Dim > 1024) throw new InvalidInputException($"dim {Dim}: {classes} classes take {classes - 1} to 1024");
        if (!(Lr > 0)) throw new InvalidInputException($"lr {Lr}: expected a number above 0");
        if (Epoch < 1) throw new InvalidInputException($"epoch {Epoch}: expected 1 or more");
        if (Thread is < 0 or > 1024) throw new InvalidInputException($"thread {Thread}: expected a number of processors up to 1024, or 0 for all");
    }
}
