using Vigie.Networks;

namespace Vigie.Tests.Networks;

/// <summary>A network by the formulas of <see cref="NetworkWeights"/>, in double precision and with no thought for speed.</summary>
internal sealed class ReferenceNetwork(NetworkWeights network)
{
    private readonly NetworkShape shape = network.Shape;

    public double[] Scores(ReadOnlySpan<int> ids, int columns)
    {
        double[][] steps = new double[ids.Length / columns][];
        for (int t = 0; t < steps.Length; t++)
        {
            steps[t] = new double[shape.Dimension];
            foreach (int id in ids.Slice(t * columns, columns))
            {
                for (int d = 0; d < shape.Dimension; d++) steps[t][d] += network.Embedding[id * shape.Dimension + d];
            }
        }
        double[] last = [];
        if (shape.Kind is NetworkKind.Lstm or NetworkKind.Bilstm) (steps, last) = Recurrent(steps);
        else if (shape.Kind == NetworkKind.Cnn) steps = Convolved(steps);
        double[] text = Pooled(steps, last);
        for (int l = 0; shape.Kind == NetworkKind.Dense && l < shape.Layers; l++) text = [.. Layer($"dense.{l}", text).Select(value => Math.Max(0, value))];
        return Layer("head", text);
    }

    private (double[][] Steps, double[] Last) Recurrent(double[][] steps)
    {
        double[] last = [];
        for (int l = 0; l < shape.Layers; l++)
        {
            double[][] forward = Memory(steps, $"lstm.{l}");
            if (shape.Kind == NetworkKind.Lstm) (steps, last) = (forward, forward[^1]);
            else
            {
                double[][] backward = [.. Memory([.. steps.Reverse()], $"lstm.{l}.reverse").Reverse()];
                (steps, last) = ([.. forward.Zip(backward, (a, b) => (double[])[.. a, .. b])], [.. forward[^1], .. backward[0]]);
            }
        }
        return (steps, last);
    }

    private double[][] Memory(double[][] steps, string name)
    {
        int units = shape.Units;
        double[] h = new double[units], c = new double[units];
        double[][] outputs = new double[steps.Length][];
        for (int t = 0; t < steps.Length; t++)
        {
            double[] gates = new double[4 * units];
            for (int g = 0; g < gates.Length; g++) gates[g] = network[$"{name}.bias"].Values[g] + Product($"{name}.input", g, steps[t]) + Product($"{name}.hidden", g, h);
            h = (double[])h.Clone();
            for (int u = 0; u < units; u++)
            {
                c[u] = Sigmoid(gates[units + u]) * c[u] + Sigmoid(gates[u]) * Math.Tanh(gates[2 * units + u]);
                h[u] = Sigmoid(gates[3 * units + u]) * Math.Tanh(c[u]);
            }
            outputs[t] = h;
        }
        return outputs;
    }

    private double[][] Convolved(double[][] steps)
    {
        double[][] outputs = new double[steps.Length][];
        for (int t = 0; t < steps.Length; t++)
        {
            outputs[t] = [.. shape.Kernels.SelectMany(size => Enumerable.Range(0, shape.Units).Select(u =>
            {
                double sum = network[$"cnn.{size}.bias"].Values[u];
                for (int k = 0; k < size; k++)
                {
                    int at = t + k - (size - 1) / 2;
                    for (int d = 0; at >= 0 && at < steps.Length && d < shape.Dimension; d++) sum += network[$"cnn.{size}.weight"].Values[(u * shape.Dimension + d) * size + k] * steps[at][d];
                }
                return Math.Max(0, sum);
            }))];
        }
        return outputs;
    }

    private double[] Pooled(double[][] steps, double[] last)
    {
        int[] features = [.. Enumerable.Range(0, steps[0].Length)];
        List<double> pooled = [];
        if (shape.Pooling.HasFlag(Pooling.Last)) pooled.AddRange(last);
        if (shape.Pooling.HasFlag(Pooling.Max)) pooled.AddRange(features.Select(f => steps.Max(step => step[f])));
        if (shape.Pooling.HasFlag(Pooling.Mean)) pooled.AddRange(features.Select(f => steps.Average(step => step[f])));
        if (shape.Pooling.HasFlag(Pooling.Attention))
        {
            double[] shares = [.. steps.Select(step => Math.Exp(Layer("attention", step).Select((sum, u) => Math.Tanh(sum) * network["attention.query"].Values[u]).Sum()))];
            pooled.AddRange(features.Select(f => steps.Select((step, t) => step[f] * shares[t]).Sum() / shares.Sum()));
        }
        return [.. pooled];
    }

    private double[] Layer(string name, double[] input) =>
        [.. Enumerable.Range(0, network[$"{name}.bias"].Values.Length).Select(o => network[$"{name}.bias"].Values[o] + Product($"{name}.weight", o, input))];

    private double Product(string name, int row, double[] vector)
    {
        double sum = 0;
        float[] weights = network[name].Values;
        for (int i = 0; i < vector.Length; i++) sum += weights[row * vector.Length + i] * vector[i];
        return sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
