using Vigie.Features;
using Vigie.Models;
using Vigie.Text;

namespace Vigie.Tests.Models;

/// <summary>What <see cref="FastTextTrainer"/> does, written for reading: n-grams are strings, numbers are doubles, nothing is hashed or laid out.</summary>
internal sealed class PlainFastText(FastTextTrainer options, string[] texts, byte[] labels, int classes)
{
    private readonly int dim = options.Dim;

    /// <summary>The fingerprint of every n-gram that was met, by its name.</summary>
    public static Dictionary<string, ulong> Fingerprints { get; } = [];

    public Dictionary<string, double[]> Fit(out double[][] output, out double[] intercepts)
    {
        List<string>[] rows = [.. texts.Select(Names)];
        Dictionary<string, int> counts = rows.SelectMany(row => row).CountBy(name => name).Where(pair => pair.Value >= options.MinCount).ToDictionary();
        foreach (List<string> row in rows) row.RemoveAll(name => !counts.ContainsKey(name));
        Dictionary<string, double> rates = counts.Keys.ToDictionary(name => name, name => Rate(rows, counts, name));
        Dictionary<string, double[]> embeddings = counts.Keys.ToDictionary(name => name, _ => new double[dim]);
        Dictionary<string, double> squares = counts.Keys.ToDictionary(name => name, _ => 0.0);
        float[] start = FastTextOutput.Simplex(classes, dim, dim, new Xoshiro256((ulong)options.Seed, 1));
        double[][] w = [.. Enumerable.Range(0, classes).Select(c => start.Skip(c * dim).Take(dim).Select(number => (double)number).ToArray())];
        double[] b = new double[classes], wSquares = new double[classes], bSquares = new double[classes];

        var random = new Xoshiro256((ulong)options.Seed);
        int[] order = [.. Enumerable.Range(0, texts.Length)];
        for (int step = 0; step < texts.Length * options.Epoch; step++)
        {
            if (step % texts.Length == 0) random.Shuffle(order);
            int text = order[step % texts.Length];
            double rate = options.Lr * (1 - step / (double)(texts.Length * options.Epoch)), scale = 1 / Math.Sqrt(Math.Max(1, rows[text].Count));
            double[] h = [.. Enumerable.Range(0, dim).Select(d => scale * rows[text].Sum(name => embeddings[name][d]))];
            double[] exponentials = [.. Enumerable.Range(0, classes).Select(c => Math.Exp(b[c] + Dot(w[c], h)))];
            double[] errors = [.. Enumerable.Range(0, classes).Select(c => exponentials[c] / exponentials.Sum() - (labels[text] == c ? 1 : 0))];
            double[] gradient = [.. Enumerable.Range(0, dim).Select(d => scale * Enumerable.Range(0, classes).Sum(c => errors[c] * w[c][d]))];
            foreach (string name in rows[text])
            {
                squares[name] += Dot(gradient, gradient);
                for (int d = 0; d < dim; d++) embeddings[name][d] -= rate * rates[name] * gradient[d] / Math.Sqrt(squares[name] + 1e-3);
            }
            for (int c = 0; c < classes; c++)
            {
                bSquares[c] += errors[c] * errors[c];
                b[c] -= rate * errors[c] / Math.Sqrt(1 + bSquares[c]);
                wSquares[c] += errors[c] * errors[c] * Dot(h, h);
                for (int d = 0; d < dim; d++) w[c][d] -= 0.01 * rate * errors[c] * h[d] / Math.Sqrt(1 + wSquares[c]);
            }
        }
        (output, intercepts) = (w, b);
        return embeddings;
    }

    // 0.1 + |log-odds of the n-gram in a class against the others|^0.9, at most over the classes; counts with one added.
    private double Rate(List<string>[] rows, Dictionary<string, int> counts, string name)
    {
        double largest = 0;
        for (int c = 0; c < classes; c++)
        {
            double own = 1 + Occurrences(rows, c, name), ownAll = counts.Count + Occurrences(rows, c, null);
            double others = 0, othersAll = 0;
            for (int other = 0; other < classes; other++)
            {
                if (other == c) continue;
                others += 1 + Occurrences(rows, other, name);
                othersAll += counts.Count + Occurrences(rows, other, null);
            }
            largest = Math.Max(largest, Math.Abs(Math.Log(own / ownAll / (others / othersAll))));
        }
        return 0.1 + Math.Pow(largest, 0.9);
    }

    private readonly Dictionary<(int, string), int> occurrences = [];

    private int Occurrences(List<string>[] rows, int label, string? name)
    {
        if (occurrences.Count == 0)
        {
            for (int text = 0; text < rows.Length; text++)
            {
                foreach (string each in rows[text])
                {
                    foreach (string key in new[] { each, "" }) occurrences[(labels[text], key)] = occurrences.GetValueOrDefault((labels[text], key)) + 1;
                }
            }
        }
        return occurrences.GetValueOrDefault((label, name ?? ""));
    }

    private List<string> Names(string text)
    {
        var buffer = new NgramBuffer(new Tokenizer(options.Input.Text), options.Input.Ngrams);
        buffer.Fill(text, locate: true);
        List<string> names = [.. Enumerable.Range(0, buffer.Count).Select(buffer.Name)];
        for (int i = 0; i < names.Count; i++) Fingerprints[names[i]] = buffer.Fingerprints[i];
        return names;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
