using System.Text.Json;

namespace Vigie.Tests;

/// <summary>
/// What scikit-learn and scipy answer on small inputs (<c>../shared/golden/sklearn</c>). A section is opened by name;
/// values inside it are read by a path of names, <c>"roc/fpr"</c>. A test that opens it is skipped where the file is absent.
/// </summary>
internal sealed class Golden
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden/sklearn/golden.json"))).RootElement);

    private readonly JsonElement _section;

    private Golden(JsonElement section) => _section = section;

    public static Golden Section(string name)
    {
        _ = SharedData.Path("golden/sklearn/golden.json"); // outside the Lazy, which would remember the first test's skip as a failure of all
        return new Golden(Document.Value.GetProperty(name));
    }

    public double Number(string path) => At(path).GetDouble();

    public double[] Numbers(string path) => [.. At(path).EnumerateArray().Select(item => item.GetDouble())];

    public int[] Integers(string path) => [.. At(path).EnumerateArray().Select(item => item.GetInt32())];

    public byte[] Bytes(string path) => [.. At(path).EnumerateArray().Select(item => item.GetByte())];

    public string[] Strings(string path) => [.. At(path).EnumerateArray().Select(item => item.GetString()!)];

    public double[][] Rows(string path) => [.. At(path).EnumerateArray().Select(row => row.EnumerateArray().Select(item => item.GetDouble()).ToArray())];

    /// <summary>The section itself where <paramref name="path"/> is empty.</summary>
    public JsonElement At(string path) => path.Length == 0 ? _section : path.Split('/').Aggregate(_section, (element, name) => element.GetProperty(name));

    public static void Near(double expected, double? actual, double tolerance = 1e-9)
    {
        Assert.NotNull(actual);
        Assert.True(Math.Abs(expected - actual.Value) <= tolerance * Math.Max(1, Math.Abs(expected)), $"expected {expected:R}, got {actual:R}, off by {Math.Abs(expected - actual.Value):E2}");
    }

    public static void Near(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
