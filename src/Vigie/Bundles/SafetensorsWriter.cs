using System.Buffers.Binary;
using System.Text.Json;

namespace Vigie.Bundles;

/// <summary>
/// Writes named arrays in the safetensors format: the header's length (8 bytes, little-endian), the header (JSON: name → dtype, shape,
/// data_offsets), the numbers without a gap. The same tensors give the same bytes, whatever order they come in.
/// </summary>
internal static class SafetensorsWriter
{
    // The header is padded to this, and wider numbers come first, so that a mapped file has every number at its natural place.
    private const int Alignment = 8;

    public static void Write(Stream output, IEnumerable<Tensor> tensors)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("safetensors are little-endian; this processor is not");
        Tensor[] inOrder = [.. tensors.OrderByDescending(tensor => tensor.Type.Size).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(inOrder);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        output.Write(length);
        output.Write(header);
        foreach (Tensor tensor in inOrder) output.Write(tensor.Bytes);
    }

    private static byte[] Header(Tensor[] inOrder)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var places = new Dictionary<string, (long Begin, long End)>();
            long at = 0;
            foreach (Tensor tensor in inOrder) places.Add(tensor.Name, (at, at += tensor.Bytes.Length));
            json.WriteStartObject();
            foreach (Tensor tensor in inOrder.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Name);
                json.WriteStartArray("shape");
                foreach (int side in tensor.Shape) json.WriteNumberValue(side);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(places[tensor.Name].Begin);
                json.WriteNumberValue(places[tensor.Name].End);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
