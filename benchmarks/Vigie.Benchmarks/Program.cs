using BenchmarkDotNet.Running;

namespace Vigie.Benchmarks;

/// <summary>Micro-benchmarks of the hot paths: <c>dotnet run -c Release --project benchmarks/Vigie.Benchmarks -- --filter '*'</c>.</summary>
internal static class Program
{
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
