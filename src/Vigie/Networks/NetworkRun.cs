using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Vigie.Networks;

/// <summary>Buffers of a run of a network, used again and again by one thread. Native code writes and reads them in place.</summary>
internal sealed class NetworkRun : IDisposable
{
    // Enough texts for matrix products to be worth their name, few enough that the steps of long texts stay within the cache.
    private const int MostTexts = 64, MostSteps = 2_048;
    private static readonly string[] Inputs = [OnnxNetwork.Ids, OnnxNetwork.Lengths];
    private static readonly string[] Outputs = [OnnxNetwork.Scores];

    private readonly NetworkTextModel model;
    private readonly int[] ids, lengths;
    private readonly float[] scores;
    private readonly OrtValue?[] ofOne; // the ids of one text, by its steps
    private readonly OrtValue[] values = new OrtValue[2], results = new OrtValue[1];
    private readonly OrtValue oneLength, oneResult;

    private NetworkRun(NetworkTextModel model, int texts, int steps)
    {
        this.model = model;
        ids = GC.AllocateArray<int>(steps * model.Vocabulary.Columns, pinned: true);
        lengths = GC.AllocateArray<int>(texts, pinned: true);
        scores = GC.AllocateArray<float>(texts * model.ScoreCount, pinned: true);
        ofOne = new OrtValue?[model.Vocabulary.MaxLength + 1];
        oneLength = Over(lengths, TensorElementType.Int32, 1, [1]);
        oneResult = Over(scores, TensorElementType.Float, model.ScoreCount, [1, model.ScoreCount]);
    }

    /// <summary>For one text at a time.</summary>
    public static NetworkRun OfOne(NetworkTextModel model) => new(model, 1, model.Vocabulary.MaxLength);

    /// <summary>For as many texts of one length as <see cref="TextsOf"/> says.</summary>
    public static NetworkRun OfMany(NetworkTextModel model) => new(model, MostTexts, Math.Max(MostSteps, model.Vocabulary.MaxLength));

    /// <summary>Texts of a length that are run together.</summary>
    public static int TextsOf(int steps) => Math.Clamp(MostSteps / steps, 1, MostTexts);

    /// <summary>Takes ids, text by text and step by step.</summary>
    public Span<int> Ids => ids;

    /// <summary>The scores of texts whose ids stand in <see cref="Ids"/>, all of one length.</summary>
    public ReadOnlySpan<float> Score(int texts, int steps)
    {
        lengths.AsSpan(0, texts).Fill(steps);
        if (texts == 1)
        {
            (values[0], values[1], results[0]) = (ofOne[steps] ??= IdsOf(1, steps), oneLength, oneResult);
            model.Session.Run(Inputs, values, Outputs, results);
        }
        else
        {
            using OrtValue given = IdsOf(texts, steps);
            using OrtValue length = Over(lengths, TensorElementType.Int32, texts, [texts]);
            using OrtValue result = Over(scores, TensorElementType.Float, texts * model.ScoreCount, [texts, model.ScoreCount]);
            (values[0], values[1], results[0]) = (given, length, result);
            model.Session.Run(Inputs, values, Outputs, results);
        }
        return scores.AsSpan(0, texts * model.ScoreCount);
    }

    /// <summary>Frees the native views; who does not call it leaves that to the garbage collector.</summary>
    public void Dispose()
    {
        foreach (OrtValue? one in ofOne) one?.Dispose();
        oneLength.Dispose();
        oneResult.Dispose();
    }

    private OrtValue IdsOf(int texts, int steps)
    {
        int columns = model.Vocabulary.Columns;
        return Over(ids, TensorElementType.Int32, texts * steps * columns, columns == 1 ? [texts, steps] : [texts, steps, columns]);
    }

    // The array is pinned for good, and held by this object as long as the view is.
    private static OrtValue Over<T>(T[] array, TensorElementType type, int count, long[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, Marshal.UnsafeAddrOfPinnedArrayElement(array, 0), count * 4L);
}
