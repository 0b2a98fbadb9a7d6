using System.Buffers;
using System.Text;
using CsCheck;
using Vigie.Features;

namespace Vigie.Tests.Features;

public sealed class FeatureNamesTests
{
    [Fact]
    public void Names_come_back_from_their_lines()
    {
        string[] names = ["good", "NOT_good day", "never … late", "‹ery g›", "", " ", ":\\", "\\n", "a\nb", "\r", "😀", "\u2028\u0085", "\0"];
        var kept = Of(names);
        Assert.Equal(names, kept);
        Assert.Equal(names, new FeatureNames(kept.Lines.ToArray()));
        Assert.Equal(names.Length, Encoding.UTF8.GetString(kept.Lines).Split('\n').Length - 1);
    }

    [Fact]
    public void Any_names_come_back() => Gen.String.Array.Sample(names =>
    {
        var kept = Of(names);
        // Half a surrogate pair has no UTF-8.
        Assert.Equal(names.Select(name => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name))), kept);
        Assert.Equal(kept, new FeatureNames(kept.Lines.ToArray()));
    });

    [Theory]
    [InlineData(new byte[] { (byte)'a' }, "cut off")]
    [InlineData(new byte[] { 0xFF, (byte)'\n' }, "UTF-8")]
    [InlineData(new byte[] { (byte)'\\', (byte)'\n' }, "backslash")]
    [InlineData(new byte[] { (byte)'\\', (byte)'x', (byte)'\n' }, "backslash")]
    public void Lines_that_no_names_have_are_refused(byte[] lines, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<InvalidInputException>(() => new FeatureNames(lines)).Message, StringComparison.Ordinal);

    /// <summary>Names in the form in which training writes them.</summary>
    internal static FeatureNames Of(IEnumerable<string> names)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (string name in names) FeatureNames.WriteLine(name, lines);
        return new FeatureNames(lines.WrittenSpan.ToArray());
    }
}
