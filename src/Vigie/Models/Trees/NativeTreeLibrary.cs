using System.Reflection;
using System.Runtime.InteropServices;

namespace Vigie.Models;

/// <summary>
/// A library in machine code that grows trees, looked up when it is first needed. Only training needs one: what it grows is turned into a <see cref="Forest"/>.
/// </summary>
/// <param name="Product">Its name for people.</param>
/// <param name="Remedy">How it is installed.</param>
/// <param name="Architectures">The processors that it is built for.</param>
/// <param name="Names">File names to try in turn.</param>
internal sealed record NativeTreeLibrary(string Product, string Remedy, IReadOnlyList<Architecture> Architectures, params string[] Names)
{
    public const string Xgboost = "xgboost", LightGbm = "lib_lightgbm";

    private static readonly Dictionary<string, NativeTreeLibrary> All = new()
    {
        [Xgboost] = new(
            "XGBoost", "on Debian and Ubuntu, apt-get install --no-install-recommends libxgboost0; elsewhere XGBoost's own shared library, 1.7 or later, where the system looks for libraries",
            [Architecture.X64, Architecture.Arm64, Architecture.X86, Architecture.Arm], "libxgboost.so.0", "libxgboost.so", "xgboost.dll", "libxgboost.dylib"),
        [LightGbm] = new("LightGBM", "refer to the package LightGBM in the program's project, and on Linux install libgomp1", [Architecture.X64], LightGbm),
    };

    private static readonly Lock Loading = new();
    private static bool resolves;

    /// <summary>Loads the library unless it is loaded.</summary>
    /// <exception cref="InvalidInputException">It is not to be found.</exception>
    public static void Require(string name)
    {
        lock (Loading)
        {
            Processor.Current.Require(All[name].Needs);
            All[name].Find();
            if (!resolves) NativeLibrary.SetDllImportResolver(typeof(NativeTreeLibrary).Assembly, Resolve);
            resolves = true;
        }
    }

    /// <summary>What it needs of a processor, found by growing trees on emulated ones (docs/decisions/0320).</summary>
    public ProcessorNeeds Needs => new(Product, Architectures, ["sse3"], "Train on another machine, or another recipe: 'tfidf-rf' and all linear models are trained by this program itself; what was trained elsewhere is served here without the library");

    /// <summary>The needs of a library by its name.</summary>
    public static ProcessorNeeds NeedsOf(string name) => All[name].Needs;

    /// <summary>The library's handle; the system loads a library once, however often it is asked.</summary>
    /// <exception cref="InvalidInputException">It is not to be found.</exception>
    public nint Find()
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, typeof(NativeTreeLibrary).Assembly, null, out nint library)) return library;
        }
        throw new InvalidInputException($"this recipe is trained by the {Product} library, which is not installed (looked for {string.Join(", ", Names)}): {Remedy}");
    }

    // Other libraries are looked up as if there were no resolver.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => All.TryGetValue(name, out NativeTreeLibrary? library) ? library.Find() : 0;
}
