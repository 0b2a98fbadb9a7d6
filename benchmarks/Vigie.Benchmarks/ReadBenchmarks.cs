using BenchmarkDotNet.Attributes;
using Vigie.Tweets;

namespace Vigie.Benchmarks;

/// <summary>From the bytes of a CSV file to tweets. An operation is one row.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private string _path = "";

    [GlobalSetup]
    public void Write() => _path = CorpusRows.WriteCsv();

    [GlobalCleanup]
    public void Delete() => File.Delete(_path);

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public int ReadCsv()
    {
        using TweetReader reader = TweetReader.Open(_path);
        return reader.Count();
    }
}
