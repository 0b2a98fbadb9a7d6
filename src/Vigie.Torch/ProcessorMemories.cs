using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vigie.Networks;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Vigie.Torch;

/// <summary>
/// Memories with their gradients worked out by hand (back-propagation through time): libtorch multiplies matrices, all else is one pass over each step's gates.
/// States and sums are 32-bit whatever the products are computed in.
/// </summary>
internal sealed class ProcessorMemories(NetworkShape shape, Precise precise) : Memories
{
    private readonly List<Direction> directions = []; // layer by layer, forward before backward
    private readonly Stack<(Tensor Input, Tensor States, DirectionRun[] Runs)> runs = new();

    /// <inheritdoc/>
    public override IEnumerable<Binding> Bind(IReadOnlyDictionary<string, Parameter> parameters)
    {
        for (int l = 0; l < shape.Layers; l++)
        {
            foreach (string direction in shape.Kind == NetworkKind.Bilstm ? ["", ".reverse"] : (string[])[""])
            {
                Binding Own(string role) => new(parameters[$"lstm.{l}{direction}.{role}"], empty([.. parameters[$"lstm.{l}{direction}.{role}"].Shape.Select(side => (long)side)], ScalarType.Float32));
                directions.Add(new Direction(Own("input"), Own("hidden"), Own("bias"), direction.Length > 0, shape.Units));
                yield return directions[^1].Input;
                yield return directions[^1].Hidden;
                yield return directions[^1].Bias;
            }
        }
    }

    /// <inheritdoc/>
    public override Tensor Run(Tensor steps, Tensor? lengths, Dropout? dropout)
    {
        runs.Clear();
        int width = shape.Kind == NetworkKind.Bilstm ? 2 : 1;
        int[]? ends = lengths is null ? null : Array.ConvertAll(lengths.data<long>().ToArray(), length => (int)length);
        for (int l = 0; l < shape.Layers; l++)
        {
            if (l > 0 && dropout is not null) steps = dropout.Apply(steps);
            (int batch, int time) = ((int)steps.shape[0], (int)steps.shape[1]);
            Tensor input = precise.Lower(steps.detach().transpose(0, 1)).reshape(time * batch, -1);
            Tensor states = zeros(time, batch, width * shape.Units);
            var own = new DirectionRun[width];
            for (int d = 0; d < width; d++)
            {
                own[d] = new DirectionRun(directions[l * width + d], precise, input, time, batch, ends);
                own[d].Forward(MemoryMarshal.Cast<byte, float>(states.bytes)[(d * shape.Units)..], width * shape.Units);
            }
            states = states.transpose(0, 1);
            if (dropout is not null)
            {
                states.requires_grad = true;
                runs.Push((steps, states, own));
            }
            steps = states;
        }
        return steps;
    }

    /// <inheritdoc/>
    public override void Return()
    {
        while (runs.TryPop(out (Tensor Input, Tensor States, DirectionRun[] Runs) layer))
        {
            Tensor gradient = (layer.States.grad ?? throw new InvalidOperationException("the states have no gradient")).transpose(0, 1).contiguous(); // (time, batch, width)
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(gradient.bytes);
            Tensor? towardsInput = null;
            for (int d = 0; d < layer.Runs.Length; d++)
            {
                Tensor? own = layer.Runs[d].Backward(values[(d * shape.Units)..], layer.Runs.Length * shape.Units, layer.Input.requires_grad);
                towardsInput = towardsInput is null || own is null ? own : towardsInput.add_(own);
            }
            if (towardsInput is not null) layer.Input.backward([towardsInput.reshape(layer.Input.shape[1], layer.Input.shape[0], -1).transpose(0, 1)]);
        }
    }

    public override void Dispose() { }
}

/// <summary>The weights of one memory in one direction.</summary>
internal sealed class Direction(Binding input, Binding hidden, Binding bias, bool reverse, int units)
{
    private float[] cells = [], squashed = [], nextHidden = [], nextCells = [];

    public Binding Input { get; } = input;

    public Binding Hidden { get; } = hidden;

    public Binding Bias { get; } = bias;

    public bool Reverse { get; } = reverse;

    public int Units { get; } = units;

    /// <summary>Room for c and tanh c of so many steps, used again by every batch: as many megabytes a batch would pile up between two garbage collections.</summary>
    public (float[] Cells, float[] Squashed) Room(int steps)
    {
        if (cells.Length < steps * Units) (cells, squashed) = (new float[steps * Units], new float[steps * Units]);
        return (cells, squashed);
    }

    /// <summary>Likewise, cleared, for the gradients of h and c of so many texts.</summary>
    public (float[] Hidden, float[] Cells) NextRoom(int batch)
    {
        if (nextHidden.Length < batch * Units) (nextHidden, nextCells) = (new float[batch * Units], new float[batch * Units]);
        Array.Clear(nextHidden);
        Array.Clear(nextCells);
        return (nextHidden, nextCells);
    }
}

/// <summary>One memory over one batch. Rows are steps, time by time: row t · batch + b is step t of text b.</summary>
internal sealed class DirectionRun(Direction direction, Precise precise, Tensor input, int time, int batch, int[]? ends)
{
    private readonly int units = direction.Units;
    private readonly Tensor toGates = precise.Lower(direction.Input.Leaf), fromHidden = precise.Lower(direction.Hidden.Leaf);
    private readonly float[] cells = direction.Room(time * batch).Cells, squashed = direction.Room(time * batch).Squashed; // c and tanh c
    private Tensor gates = null!; // (time · batch, 4 units): activations i, f, g, o after Forward, gradients before activation after Backward
    private Tensor hidden = null!; // (time · batch, units): h of the step before, in the order of the direction

    /// <summary>Computes the states.</summary>
    /// <param name="states">Receives h: row r stands at r · <paramref name="stride"/>.</param>
    /// <param name="stride">Distance between two rows.</param>
    public void Forward(Span<float> states, int stride)
    {
        gates = Precise.Raise(input.mm(toGates.t()));
        hidden = zeros(time * batch, units);
        Span<float> all = MemoryMarshal.Cast<byte, float>(gates.bytes), before = MemoryMarshal.Cast<byte, float>(hidden.bytes);
        ReadOnlySpan<float> bias = direction.Bias.Parameter.Values;
        Tensor transposed = fromHidden.t();
        for (int n = 0; n < time; n++)
        {
            int t = At(n), previous = n == 0 ? -1 : At(n - 1);
            Span<float> own = all.Slice(t * batch * 4 * units, batch * 4 * units);
            if (n > 0)
            {
                using Tensor product = Precise.Raise(precise.Lower(hidden.narrow(0, t * batch, batch)).mm(transposed));
                TensorPrimitives.Add(own, MemoryMarshal.Cast<byte, float>(product.bytes), own);
            }
            for (int b = 0; b < batch; b++)
            {
                if (IsBeyond(b, t))
                {
                    Cells(t, b).Clear(); // c and h stay 0
                    continue;
                }
                int row = t * batch + b;
                Span<float> state = states.Slice(row * stride, units);
                Advance(own.Slice(b * 4 * units, 4 * units), bias, previous < 0 ? [] : Cells(previous, b), Cells(t, b), squashed.AsSpan(row * units, units), state);
                if (n + 1 < time) state.CopyTo(before.Slice((At(n + 1) * batch + b) * units, units));
            }
        }
    }

    /// <summary>Hands the weights their gradients.</summary>
    /// <param name="towards">Gradient of the states, laid out as they are.</param>
    /// <param name="stride">Distance between two rows.</param>
    /// <param name="towardsInput">Whether the gradient of the input is asked for.</param>
    /// <returns>The gradient of the input, (time · batch, dimension), where it is asked for.</returns>
    public Tensor? Backward(ReadOnlySpan<float> towards, int stride, bool towardsInput)
    {
        Span<float> all = MemoryMarshal.Cast<byte, float>(gates.bytes);
        (float[] nextHidden, float[] nextCells) = direction.NextRoom(batch);
        for (int n = time - 1; n >= 0; n--)
        {
            int t = At(n), previous = n == 0 ? -1 : At(n - 1);
            Span<float> own = all.Slice(t * batch * 4 * units, batch * 4 * units);
            for (int b = 0; b < batch; b++)
            {
                Span<float> gate = own.Slice(b * 4 * units, 4 * units), nextCell = nextCells.AsSpan(b * units, units);
                if (IsBeyond(b, t))
                {
                    gate.Clear();
                    nextCell.Clear();
                    continue;
                }
                int row = t * batch + b;
                Retreat(gate, previous < 0 ? [] : Cells(previous, b), squashed.AsSpan(row * units, units), towards.Slice(row * stride, units), nextHidden.AsSpan(b * units, units), nextCell);
            }
            if (n == 0) break;
            using Tensor product = Precise.Raise(precise.Lower(gates.narrow(0, t * batch, batch)).mm(fromHidden));
            MemoryMarshal.Cast<byte, float>(product.bytes).CopyTo(nextHidden);
        }
        Tensor lowered = precise.Lower(gates), transposed = lowered.t();
        direction.Input.Give(transposed.mm(input));
        direction.Hidden.Give(transposed.mm(precise.Lower(hidden)));
        direction.Bias.Give(gates.sum([0L]));
        return towardsInput ? Precise.Raise(lowered.mm(toGates)) : null;
    }

    private int At(int n) => direction.Reverse ? time - 1 - n : n;

    private bool IsBeyond(int b, int t) => ends is not null && t >= ends[b];

    private Span<float> Cells(int t, int b) => cells.AsSpan((t * batch + b) * units, units);

    // One step of one text: gates before activation become gates; c' = f c + i g; h = o tanh c'.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance(Span<float> gate, ReadOnlySpan<float> bias, ReadOnlySpan<float> cellBefore, Span<float> cell, Span<float> squash, Span<float> state)
    {
        TensorPrimitives.Add(gate, bias, gate);
        Span<float> i = gate[..units], f = gate.Slice(units, units), g = gate.Slice(2 * units, units), o = gate[(3 * units)..];
        TensorPrimitives.Sigmoid(gate[..(2 * units)], gate[..(2 * units)]);
        TensorPrimitives.Tanh(g, g);
        TensorPrimitives.Sigmoid(o, o);
        TensorPrimitives.Multiply(i, g, cell);
        if (!cellBefore.IsEmpty) TensorPrimitives.MultiplyAdd(f, cellBefore, cell, cell);
        TensorPrimitives.Tanh(cell, squash);
        TensorPrimitives.Multiply(o, squash, state);
    }

    // The same step back: gates become their gradients before activation; nextCell goes from the gradient of c' to that of c.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Retreat(Span<float> gate, ReadOnlySpan<float> cellBefore, ReadOnlySpan<float> squash, ReadOnlySpan<float> towards, ReadOnlySpan<float> nextHidden, Span<float> nextCell)
    {
        Span<float> i = gate[..units], f = gate.Slice(units, units), g = gate.Slice(2 * units, units), o = gate[(3 * units)..];
        int k = 0;
        for (; k + Vector<float>.Count <= units; k += Vector<float>.Count)
        {
            var dh = new Vector<float>(towards[k..]) + new Vector<float>(nextHidden[k..]);
            var c = new Vector<float>(squash[k..]);
            var (vi, vf, vg, vo) = (new Vector<float>(i[k..]), new Vector<float>(f[k..]), new Vector<float>(g[k..]), new Vector<float>(o[k..]));
            Vector<float> dc = new Vector<float>(nextCell[k..]) + dh * vo * (Vector<float>.One - c * c);
            (dc * vg * vi * (Vector<float>.One - vi)).CopyTo(i[k..]);
            Vector<float> old = cellBefore.IsEmpty ? Vector<float>.Zero : new Vector<float>(cellBefore[k..]);
            (dc * old * vf * (Vector<float>.One - vf)).CopyTo(f[k..]);
            (dc * vi * (Vector<float>.One - vg * vg)).CopyTo(g[k..]);
            (dh * c * vo * (Vector<float>.One - vo)).CopyTo(o[k..]);
            (dc * vf).CopyTo(nextCell[k..]);
        }
        for (; k < units; k++)
        {
            float dh = towards[k] + nextHidden[k], c = squash[k], old = cellBefore.IsEmpty ? 0 : cellBefore[k];
            (float vi, float vf, float vg, float vo) = (i[k], f[k], g[k], o[k]);
            float dc = nextCell[k] + dh * vo * (1 - c * c);
            (i[k], f[k], g[k], o[k]) = (dc * vg * vi * (1 - vi), dc * old * vf * (1 - vf), dc * vi * (1 - vg * vg), dh * c * vo * (1 - vo));
            nextCell[k] = dc * vf;
        }
    }
}
