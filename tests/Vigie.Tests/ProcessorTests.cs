using Vigie.Models;
using Vigie.Onnx;
using Family = System.Runtime.InteropServices.Architecture;

namespace Vigie.Tests;

/// <summary>A machine that lacks what a native library needs is told so in words, before the library ends the program.</summary>
public sealed class ProcessorTests
{
    [Fact]
    public void This_machine_can_do_what_the_tests_do_on_it()
    {
        Processor.Current.Require(OnnxSession.Needs);
        Assert.NotEmpty(Processor.Current.Features);
    }

    [Fact]
    public void A_small_arm_machine_is_told_to_serve_a_linear_model()
    {
        string said = Assert.Throws<InvalidInputException>(() => new Processor(Family.Arm, new HashSet<string>()).Require(OnnxSession.Needs)).Message;
        Assert.Contains("exists for 64-bit Intel and AMD processors and 64-bit ARM processors", said, StringComparison.Ordinal);
        Assert.Contains("a 32-bit ARM processor or system, as older and smaller NAS boxes have it", said, StringComparison.Ordinal);
        Assert.Contains("vigie train linear-best", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NativeTreeLibrary.LightGbm, Family.Arm64, "LightGBM exists for 64-bit Intel and AMD processors, and this program runs on 64-bit ARM")]
    [InlineData(NativeTreeLibrary.LightGbm, Family.X86, "a 32-bit Intel or AMD processor")]
    [InlineData(NativeTreeLibrary.Xgboost, Family.S390x, "XGBoost exists for")]
    public void A_library_that_is_not_built_for_a_machine_says_what_trains_there(string library, Family architecture, string said)
    {
        string message = Assert.Throws<InvalidInputException>(() => new Processor(architecture, new HashSet<string>()).Require(NativeTreeLibrary.NeedsOf(library))).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains("tfidf-rf", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_named_and_asked_of_x64_alone()
    {
        var needs = new ProcessorNeeds("Thing", [Family.X64, Family.Arm64], ["sse3", "sse4_1", "avx"], "Do without.");
        string said = Assert.Throws<InvalidInputException>(() => new Processor(Family.X64, new HashSet<string> { "sse3" }).Require(needs)).Message;
        Assert.StartsWith("this computer's processor lacks SSE4.1 and AVX, which Thing needs", said, StringComparison.Ordinal);
        Assert.EndsWith("Do without.", said, StringComparison.Ordinal);
        new Processor(Family.X64, new HashSet<string> { "avx", "sse3", "sse4_1" }).Require(needs);
        new Processor(Family.Arm64, new HashSet<string>()).Require(needs);
    }
}
