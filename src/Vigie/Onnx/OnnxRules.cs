namespace Vigie.Onnx;

/// <summary>What a graph may hold to be opened. A graph is data, but data that allocates: the rules keep out what a file from elsewhere could do beyond computing scores.</summary>
public sealed record OnnxRules
{
    /// <summary>Any graph of standard operators and of those that ONNX Runtime's own optimiser writes: what an exporter makes of a sentence encoder.</summary>
    public static OnnxRules Encoder { get; } = new() { Domains = ["", "ai.onnx", "com.microsoft"], MostBytes = 2_000_000_000 };

    /// <summary>Operators that are accepted, by name; null for all of <see cref="Domains"/>.</summary>
    public IReadOnlySet<string>? Operators { get; init; }

    /// <summary>Where operators may come from; the empty name is the standard. Operators from a library of one's own are never accepted.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [""];

    /// <summary>Largest file, in bytes.</summary>
    public long MostBytes { get; init; } = 2_000_000_000;

    /// <summary>Most operators in the graph.</summary>
    public int MostNodes { get; init; } = 20_000;

    /// <summary>Whether an operator may hold graphs of its own, as loops and conditions do.</summary>
    public bool Subgraphs { get; init; }

    /// <summary>Whether every stored array must be raw numbers that fill its shape exactly.</summary>
    public bool RawArraysOnly { get; init; }
}
