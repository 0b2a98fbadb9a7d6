using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vigie.Networks;

namespace Vigie.Torch;

/// <summary>
/// A training's state as a file: what it belongs to, the state, and a SHA-256 of both. It is written beside and moved into place, so that whenever the process
/// is killed there is a whole one.
/// </summary>
internal sealed class Checkpoint(string folder, byte[] training)
{
    private const string FileName = "network.checkpoint";
    private static readonly byte[] Magic = "vigie network checkpoint 1\n"u8.ToArray();

    private string File => Path.Combine(folder, FileName);

    /// <summary>What a training's result depends on, as one hash: options, seed, rows, labels, first table.</summary>
    public static byte[] Identify(NetworkOptions options, NetworkRows rows, int seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options));
        hash.AppendData(Encoding.UTF8.GetBytes($"seed {seed}, {rows.Classes} classes, {rows.EmbeddingRows} rows\n"));
        foreach ((EncodedTexts texts, byte[] labels) in new[] { (rows.Train, rows.Labels), (rows.Validation, rows.ValidationLabels) })
        {
            hash.AppendData(BitConverter.GetBytes(texts.Count));
            hash.AppendData(BitConverter.GetBytes(texts.Columns));
            for (int i = 0; i < texts.Count; i++)
            {
                hash.AppendData(BitConverter.GetBytes(texts[i].Length));
                hash.AppendData(MemoryMarshal.AsBytes(texts[i]));
            }
            hash.AppendData(labels);
        }
        if (rows.Embedding is { } table) hash.AppendData(MemoryMarshal.AsBytes(table.Span));
        return hash.GetHashAndReset();
    }

    /// <summary>Writes the state.</summary>
    public void Write(TrainingState state)
    {
        Directory.CreateDirectory(folder);
        string beside = File + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            using (var hash = SHA256.Create())
            {
                using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
                {
                    hashing.Write(Magic);
                    hashing.Write(training);
                    byte[] head = JsonSerializer.SerializeToUtf8Bytes(Head.Of(state));
                    hashing.Write(BitConverter.GetBytes(head.Length));
                    hashing.Write(head);
                    foreach (float[] array in state.Arrays.Concat(state.Best)) hashing.Write(MemoryMarshal.AsBytes(array.AsSpan()));
                }
                file.Write(hash.Hash);
            }
            file.Flush(flushToDisk: true);
        }
        System.IO.File.Move(beside, File, overwrite: true);
    }

    /// <summary>Reads the state where there is a checkpoint.</summary>
    /// <param name="state">A new one of the same training; changed.</param>
    /// <exception cref="InvalidInputException">The checkpoint is of another training, or damaged.</exception>
    public void Read(TrainingState state)
    {
        if (!System.IO.File.Exists(File)) return;
        using FileStream file = new(File, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        CheckHash(file);
        Span<byte> magic = new byte[Magic.Length], owner = new byte[training.Length], length = new byte[4];
        file.ReadExactly(magic);
        if (!magic.SequenceEqual(Magic)) throw Unusable("is no checkpoint of a network that this version reads");
        file.ReadExactly(owner);
        if (!owner.SequenceEqual(training)) throw Unusable("is of a training with other options, seed or rows");
        file.ReadExactly(length);
        byte[] head = new byte[BitConverter.ToInt32(length)];
        file.ReadExactly(head);
        (JsonSerializer.Deserialize<Head>(head) ?? throw Unusable("has no head")).Restore(state);
        if (state.BestEpoch > 0) state.MakeRoomForBest();
        foreach (float[] array in state.Arrays.Concat(state.Best)) file.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
        if (file.Position != file.Length - SHA256.HashSizeInBytes) throw Unusable("has more arrays than the network");
    }

    private void CheckHash(FileStream file)
    {
        if (file.Length < Magic.Length + training.Length + 4 + SHA256.HashSizeInBytes) throw Unusable($"is damaged: it has {file.Length} bytes");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long left = file.Length - SHA256.HashSizeInBytes; left > 0;)
        {
            int count = (int)Math.Min(left, buffer.Length);
            file.ReadExactly(buffer, 0, count);
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        file.ReadExactly(buffer, 0, SHA256.HashSizeInBytes);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(buffer.AsSpan(0, SHA256.HashSizeInBytes))) throw Unusable("is damaged: its hash does not agree");
        file.Position = 0;
    }

    private InvalidInputException Unusable(string why) => new($"the checkpoint {File} {why}; remove it to train from the start, or give another folder");

    /// <summary>The state but for its arrays.</summary>
    private sealed record Head(IReadOnlyList<NetworkEpoch> Epochs, int Batch, long Step, double Loss, long Right, long Rows, double CpuSeconds, double Seconds, int BestEpoch, int Failures)
    {
        public static Head Of(TrainingState state) =>
            new(state.Epochs, state.Batch, state.Step, state.Train.Loss, state.Train.Right, state.Train.Rows, state.CpuSeconds, state.Seconds, state.BestEpoch, state.Failures);

        public void Restore(TrainingState state)
        {
            state.Epochs.AddRange(Epochs);
            (state.Batch, state.Step, state.Train) = (Batch, Step, new LossSum(Loss, Right, Rows));
            (state.CpuSeconds, state.Seconds, state.BestEpoch, state.Failures) = (CpuSeconds, Seconds, BestEpoch, Failures);
        }
    }
}
