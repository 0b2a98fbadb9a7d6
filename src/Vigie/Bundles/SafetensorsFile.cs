using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Vigie.Bundles;

/// <summary>
/// Reads named arrays in the safetensors format, strictly: every byte of the file belongs to exactly one tensor, each as long as its
/// shape says. Whatever the bytes are, the answer is the tensors or an <see cref="InvalidInputException"/>.
/// </summary>
internal sealed class SafetensorsFile
{
    private const int LongestHeader = 1 << 20;
    private const int MostSides = 8;
    private const string Metadata = "__metadata__";

    private readonly byte[] file;
    private readonly int dataStart;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    private sealed record Entry(NumberType Type, long[] Shape, long Begin, long End);

    /// <summary>Reads the header and checks it against the file.</summary>
    /// <exception cref="InvalidInputException">The file is not well-formed, or holds number types that no bundle has.</exception>
    public SafetensorsFile(byte[] file)
    {
        this.file = file;
        if (file.Length < sizeof(ulong)) throw new InvalidInputException($"{file.Length} bytes are too few for safetensors");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > LongestHeader || length > (ulong)(file.Length - sizeof(ulong)))
            throw new InvalidInputException($"a safetensors header of {length} bytes in a file of {file.Length}: expected at most {LongestHeader}, and all of it");
        dataStart = sizeof(ulong) + (int)length;
        ReadHeader(file.AsMemory(sizeof(ulong), (int)length));
        CheckPlaces();
    }

    /// <summary>The tensors' names.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Whether the tensor is there and holds numbers of this type.</summary>
    public bool Has<T>(string name) => entries.TryGetValue(name, out Entry? entry) && entry.Type.Clr == typeof(T);

    /// <summary>The numbers of a tensor, row by row.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor of this type and shape.</exception>
    public T[] Read<T>(string name, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        if (!entries.TryGetValue(name, out Entry? entry)) throw new InvalidInputException($"the tensor {name} is missing; there are {string.Join(", ", Names)}");
        if (entry.Type.Clr != typeof(T) || !shape.SequenceEqual(entry.Shape))
        {
            throw new InvalidInputException(
                $"the tensor {name} is {entry.Type.Name}[{string.Join(", ", entry.Shape)}], expected {NumberType.Of<T>().Name}[{string.Join(", ", shape.ToArray())}]");
        }
        return Values<T>(entry);
    }

    /// <summary>The numbers of a tensor of one dimension, however many there are.</summary>
    public T[] ReadVector<T>(string name) where T : unmanaged => Read<T>(name, entries.TryGetValue(name, out Entry? entry) && entry.Shape.Length == 1 ? entry.Shape[0] : 0);

    /// <summary>The numbers of a tensor of two dimensions, of which the first is known.</summary>
    public T[] ReadRows<T>(string name, int rows) where T : unmanaged => Read<T>(name, rows, entries.TryGetValue(name, out Entry? entry) && entry.Shape.Length == 2 ? entry.Shape[1] : 0);

    private T[] Values<T>(Entry entry) where T : unmanaged
    {
        var values = new T[(entry.End - entry.Begin) / entry.Type.Size];
        file.AsSpan(dataStart + (int)entry.Begin, (int)(entry.End - entry.Begin)).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private void ReadHeader(ReadOnlyMemory<byte> header)
    {
        if (header.IsEmpty || header.Span[0] != '{') throw new InvalidInputException("a safetensors header must begin with {");
        try
        {
            using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals(Metadata)) CheckMetadata(property.Value);
                else entries.Add(property.Name, ReadEntry(property.Name, property.Value));
            }
        }
        // GetString throws InvalidOperationException where a number stands instead, and on half a surrogate pair.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidInputException($"the safetensors header cannot be read: {fault.Message}", fault);
        }
    }

    private static void CheckMetadata(JsonElement metadata)
    {
        foreach (JsonProperty property in metadata.EnumerateObject()) _ = property.Value.GetString();
    }

    private static Entry ReadEntry(string name, JsonElement json)
    {
        if (json.GetPropertyCount() != 3 || !json.TryGetProperty("dtype", out JsonElement type) || !json.TryGetProperty("shape", out JsonElement shape)
            || !json.TryGetProperty("data_offsets", out JsonElement offsets))
        {
            throw new InvalidInputException($"the tensor {name} must have dtype, shape and data_offsets, and nothing else");
        }
        var entry = new Entry(NumberType.Named(type.GetString()), Integers(name, shape), 0, 0);
        if (Integers(name, offsets) is not [long begin, long end]) throw new InvalidInputException($"data_offsets of the tensor {name} must be two numbers");
        Int128 bytes = entry.Type.Size;
        foreach (long side in entry.Shape)
        {
            bytes *= side;
            if (bytes > Array.MaxLength) throw new InvalidInputException($"the tensor {name} of {entry.Type.Name}[{string.Join(", ", entry.Shape)}] is too large");
        }
        if (end < begin || end - begin != bytes)
            throw new InvalidInputException($"the tensor {name} of {entry.Type.Name}[{string.Join(", ", entry.Shape)}] takes {bytes} bytes, its data_offsets are {begin} and {end}");
        return entry with { Begin = begin, End = end };
    }

    private static long[] Integers(string name, JsonElement array)
    {
        if (array.GetArrayLength() > MostSides) throw new InvalidInputException($"the tensor {name} has {array.GetArrayLength()} dimensions, at most {MostSides} are read");
        long[] numbers = [.. array.EnumerateArray().Select(number => number.GetInt64())];
        if (numbers.Any(number => number < 0)) throw new InvalidInputException($"the tensor {name} has a negative number in its shape or place");
        return numbers;
    }

    private void CheckPlaces()
    {
        long at = 0;
        foreach ((string name, Entry entry) in entries.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (entry.Begin != at) throw new InvalidInputException($"the tensor {name} begins at byte {entry.Begin} where the one before it ends at {at}");
            at = entry.End;
        }
        if (at != file.Length - dataStart) throw new InvalidInputException($"the tensors take {at} bytes, the file has {file.Length - dataStart} for them");
    }
}
