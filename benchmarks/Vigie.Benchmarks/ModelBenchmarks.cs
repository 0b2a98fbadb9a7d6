using BenchmarkDotNet.Attributes;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Benchmarks;

/// <summary>From a text to its features and on to an answer, on one thread. An operation is one tweet.</summary>
[MemoryDiagnoser]
public class ModelBenchmarks
{
    private TextClassifier _classifier = null!;
    private FittedVectorizer _vectorizer = null!;
    private FeatureRow _row = null!;

    [Params("tfidf-lr", "linear-best")]
    public string Recipe { get; set; } = "";

    [GlobalSetup]
    public void Train()
    {
        _classifier = CorpusRows.Train(Recipe);
        _vectorizer = ((LinearTextModel)_classifier.Model).Vectorizer;
        _row = _vectorizer.NewRow();
    }

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public int Vectorize()
    {
        int features = 0;
        foreach (string text in CorpusRows.Texts)
        {
            _vectorizer.Transform(text, _row);
            features += _row.Columns.Length;
        }

        return features;
    }

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public double Predict()
    {
        double sum = 0;
        foreach (string text in CorpusRows.Texts) sum += _classifier.Predict(text).ProbabilityPositive;
        return sum;
    }
}
