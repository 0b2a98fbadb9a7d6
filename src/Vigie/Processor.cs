using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Vigie;

/// <summary>What a processor can do, as far as a library in machine code needs to be asked about before it is loaded: one that meets an unknown instruction ends the whole program without a word.</summary>
/// <param name="Architecture">Its family.</param>
/// <param name="Features">Its instruction sets, by the names that /proc/cpuinfo has them by: <c>sse4_1</c>, <c>avx</c>.</param>
public sealed record Processor(Architecture Architecture, IReadOnlySet<string> Features)
{
    /// <summary>The one this program runs on.</summary>
    public static Processor Current { get; } = new(RuntimeInformation.ProcessArchitecture, Found());

    /// <summary>Refuses a library whose instructions this processor does not have.</summary>
    /// <param name="product">The library's name for people.</param>
    /// <param name="needs">The instruction sets that it uses without asking, on x86.</param>
    /// <param name="instead">What else can be done.</param>
    /// <exception cref="InvalidInputException">One is missing, or the library does not exist for this family of processors.</exception>
    public void Require(string product, IReadOnlyList<string> needs, string instead)
    {
        if (Architecture == Architecture.Arm64) return; // what is built for it uses nothing that not all of them have
        if (Architecture != Architecture.X64)
            throw new InvalidInputException($"{product} exists for 64-bit Intel, AMD and ARM processors, and this program runs as {Architecture.ToString().ToLowerInvariant()}. {instead}");
        string[] missing = [.. needs.Where(need => !Features.Contains(need))];
        if (missing.Length == 0) return;
        throw new InvalidInputException(
            $"this computer's processor lacks {string.Join(" and ", missing.Select(Spoken))}, which {product} needs; small and older machines, many NAS boxes among them, lack them, and so do virtual machines that hide them. {instead}");
    }

    private static string Spoken(string feature) => feature.Replace('_', '.').ToUpperInvariant();

    private static HashSet<string> Found()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        void Add(string name, bool supported)
        {
            if (supported) found.Add(name);
        }

        Add("sse3", Sse3.IsSupported);
        Add("ssse3", Ssse3.IsSupported);
        Add("sse4_1", Sse41.IsSupported);
        Add("sse4_2", Sse42.IsSupported);
        Add("popcnt", Popcnt.IsSupported);
        Add("avx", Avx.IsSupported);
        Add("avx2", Avx2.IsSupported);
        Add("fma", Fma.IsSupported);
        return found;
    }
}
