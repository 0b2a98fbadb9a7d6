using System.Runtime.InteropServices;

namespace Vigie.Bundles;

/// <summary>A named array to be written: its numbers, row by row, and its shape.</summary>
internal abstract record Tensor(string Name, IReadOnlyList<int> Shape)
{
    public abstract NumberType Type { get; }

    public abstract ReadOnlySpan<byte> Bytes { get; }

    public static Tensor Of<T>(string name, T[] values, params int[] shape) where T : unmanaged => new Of<T>(name, values, shape.Length == 0 ? [values.Length] : shape);
}

internal sealed record Of<T>(string Name, T[] Values, IReadOnlyList<int> Shape) : Tensor(Name, Shape) where T : unmanaged
{
    public override NumberType Type => NumberType.Of<T>();

    public override ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(Values.AsSpan());
}

/// <summary>A number type as safetensors names it.</summary>
internal sealed record NumberType(string Name, int Size, Type Clr)
{
    private static readonly NumberType[] All =
        [new("F64", 8, typeof(double)), new("U64", 8, typeof(ulong)), new("F32", 4, typeof(float)), new("I32", 4, typeof(int)), new("F16", 2, typeof(Half))];

    public static NumberType Of<T>() => All.Single(type => type.Clr == typeof(T));

    public static NumberType Named(string? name) => All.FirstOrDefault(type => type.Name == name)
        ?? throw new InvalidInputException($"a tensor of type {name}: expected {string.Join(", ", All.Select(type => type.Name))}");
}
