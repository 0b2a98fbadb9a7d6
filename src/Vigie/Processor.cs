using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Vigie;

/// <summary>
/// What a processor can do, as far as a library in machine code has to be asked about before it is loaded: one that meets an instruction it does not find ends the whole program without a word.
/// </summary>
/// <param name="Architecture">Its family.</param>
/// <param name="Features">Its instruction sets, by the names that /proc/cpuinfo has them by: <c>sse4_1</c>, <c>avx</c>.</param>
public sealed record Processor(Architecture Architecture, IReadOnlySet<string> Features)
{
    /// <summary>The one that this program runs on.</summary>
    public static Processor Current { get; } = new(RuntimeInformation.ProcessArchitecture, Found());

    /// <summary>Refuses a library that would not run on this processor.</summary>
    /// <param name="needs">What the library needs.</param>
    /// <exception cref="InvalidInputException">Something is missing; the message says what, and what else can be done.</exception>
    public void Require(ProcessorNeeds needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        if (!needs.Architectures.Contains(Architecture))
        {
            throw new InvalidInputException(
                $"{needs.Product} exists for {string.Join(" and ", needs.Architectures.Select(Spoken))}, and this program runs on {Spoken(Architecture)}. {needs.Instead}");
        }

        string[] missing = Architecture is Architecture.X64 ? [.. needs.Features.Where(need => !Features.Contains(need))] : [];
        if (missing.Length == 0) return;
        throw new InvalidInputException(
            $"this computer's processor lacks {string.Join(" and ", missing.Select(feature => feature.Replace('_', '.').ToUpperInvariant()))}, which {needs.Product} needs: older machines lack it, and virtual machines that hide it. {needs.Instead}");
    }

    private static string Spoken(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "64-bit Intel and AMD processors",
        Architecture.Arm64 => "64-bit ARM processors",
        Architecture.X86 => "a 32-bit Intel or AMD processor or system",
        Architecture.Arm or Architecture.Armv6 => "a 32-bit ARM processor or system, as older and smaller NAS boxes have it",
        _ => $"a {architecture} processor",
    };

    private static HashSet<string> Found()
    {
        (string Name, bool Is)[] all =
        [
            ("sse3", Sse3.IsSupported), ("ssse3", Ssse3.IsSupported), ("sse4_1", Sse41.IsSupported), ("sse4_2", Sse42.IsSupported), ("popcnt", Popcnt.IsSupported),
            ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported), ("fma", Fma.IsSupported),
        ];
        return [.. all.Where(one => one.Is).Select(one => one.Name)];
    }
}

/// <summary>What a library in machine code needs of a processor.</summary>
/// <param name="Product">The library's name for people.</param>
/// <param name="Architectures">The families of processors that it is built for.</param>
/// <param name="Features">The instruction sets, on x64, of the least processor that it was seen to run on.</param>
/// <param name="Instead">What else can be done where it does not run.</param>
public sealed record ProcessorNeeds(string Product, IReadOnlyList<Architecture> Architectures, IReadOnlyList<string> Features, string Instead);
