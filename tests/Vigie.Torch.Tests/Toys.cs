using Vigie.Networks;

namespace Vigie.Torch.Tests;

/// <summary>Problems that a small network learns in a second. Ids 2 to 11 are words.</summary>
internal static class Toys
{
    public const int Rows = 12;

    /// <summary>Class 1 where word 2 stands before word 3; both occur in every text, so only their order tells.</summary>
    public static NetworkRows Order(int train = 512, int validation = 128) => Of(train, validation, 2, (random, ids) =>
    {
        int first = random.Next(ids.Length - 1), second = first + 1 + random.Next(ids.Length - 1 - first);
        bool inOrder = random.Chance(0.5);
        (ids[first], ids[second]) = inOrder ? (2, 3) : (3, 2);
        return inOrder ? 1 : 0;
    });

    /// <summary>The class is which of the words 2, 3, 4 … occurs.</summary>
    public static NetworkRows Presence(int classes, int train = 512, int validation = 128) => Of(train, validation, classes, (random, ids) =>
    {
        int label = random.Next(classes);
        ids[random.Next(ids.Length)] = 2 + label;
        return label;
    });

    /// <summary>Labels that nothing tells: whatever is learnt is learnt by heart.</summary>
    public static NetworkRows Noise(int train, int validation) => Of(train, validation, 2, (random, _) => random.Next(2));

    public static NetworkOptions Options(NetworkKind kind, Pooling pooling) => new()
    {
        Shape = new NetworkShape { Kind = kind, Dimension = 8, Units = 12, Pooling = pooling, Kernels = [2, 3] },
        BatchSize = 16,
        LearningRate = 0.02,
        Dropout = 0.1,
        Epochs = 6,
        Patience = 6,
    };

    public static byte[] Bytes(TrainedNetwork network) => [.. network.Weights.Arrays.SelectMany(array => array.Values).SelectMany(BitConverter.GetBytes)];

    private static NetworkRows Of(int train, int validation, int classes, Func<Xoshiro256, int[], int> draw)
    {
        var random = new Xoshiro256(11);
        (EncodedTexts texts, byte[] labels) = Draw(train, random, draw);
        (EncodedTexts other, byte[] otherLabels) = Draw(validation, random, draw);
        return new NetworkRows(texts, labels, other, otherLabels, classes, Rows);
    }

    private static (EncodedTexts, byte[]) Draw(int count, Xoshiro256 random, Func<Xoshiro256, int[], int> draw)
    {
        List<int> ids = [];
        int[] starts = new int[count + 1];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int[] text = new int[3 + random.Next(5)];
            for (int t = 0; t < text.Length; t++) text[t] = 6 + random.Next(Rows - 6);
            labels[i] = (byte)draw(random, text);
            ids.AddRange(text);
            starts[i + 1] = ids.Count;
        }
        return (new EncodedTexts(1, [.. ids], starts), labels);
    }
}
