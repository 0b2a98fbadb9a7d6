using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;
using Vigie.Bundles;

namespace Vigie.Tests.Bundles;

public sealed class SafetensorsTests
{
    private static readonly Tensor[] Sample =
        [Tensor.Of("b", [1f, -0f, float.MaxValue]), Tensor.Of("a", [1.5, -2, 3, 4, 5, 6], 2, 3), Tensor.Of("c", [ulong.MaxValue, 7ul]), Tensor.Of("d", [-1, 2, 3]), Tensor.Of("none", Array.Empty<double>())];

    [Fact]
    public void The_layout_is_the_published_one()
    {
        byte[] file = Write(Sample);

        // Read here by the format's description alone: length, header, then each tensor where data_offsets says.
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal((byte)'{', file[8]);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, length));
        Assert.Equal(["a", "b", "c", "d", "none"], header.RootElement.EnumerateObject().Select(tensor => tensor.Name));
        JsonElement a = header.RootElement.GetProperty("a");
        Assert.Equal("F64", a.GetProperty("dtype").GetString());
        Assert.Equal([2, 3], a.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32()));
        int[] offsets = [.. a.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        Assert.Equal(48, offsets[1] - offsets[0]);
        for (int i = 0; i < 6; i++) Assert.Equal(new[] { 1.5, -2, 3, 4, 5, 6 }[i], BinaryPrimitives.ReadDoubleLittleEndian(file.AsSpan(8 + length + offsets[0] + 8 * i)));
        Assert.Equal(["F64", "F32", "U64", "I32", "F64"], header.RootElement.EnumerateObject().Select(tensor => tensor.Value.GetProperty("dtype").GetString()));
        Assert.Equal(8 + length + 48 + 12 + 16 + 12, file.Length);
    }

    [Fact]
    public void What_was_written_is_read_in_any_order()
    {
        Assert.Equal(Write(Sample), Write([.. Sample.Reverse()]));
        var file = new SafetensorsFile(Write(Sample));
        Assert.Equal([1.5, -2, 3, 4, 5, 6], file.Read<double>("a", 2, 3));
        Assert.Equal([1f, -0f, float.MaxValue], file.Read<float>("b", 3));
        Assert.Equal([ulong.MaxValue, 7ul], file.ReadVector<ulong>("c"));
        Assert.Equal([-1, 2, 3], file.Read<int>("d", 3));
        Assert.Empty(file.ReadVector<double>("none"));
    }

    [Theory]
    [InlineData("e", 3, "missing")]
    [InlineData("b", 4, "F32[3], expected F32[4]")]
    [InlineData("a", 6, "F64[2, 3], expected F32[6]")]
    public void A_tensor_of_another_name_type_or_shape_is_refused(string name, int length, string complaint)
    {
        var file = new SafetensorsFile(Write(Sample));
        Assert.Contains(complaint, Assert.Throws<InvalidInputException>(() => file.Read<float>(name, length)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"__metadata__":{"by":"x"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   """, 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "the file has 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "the file has 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "begins at byte 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "begins at byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "begins at byte 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data_offsets are 8 and 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "negative")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""", 0, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "dimensions")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", 4, "type BF16")]
    [InlineData("""{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "two numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":"x"}}""", 8, "nothing else")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":[]}""", 0, "cannot be read")]
    [InlineData("""{"__metadata__":{"by":1}}""", 0, "cannot be read")]
    [InlineData("""[]""", 0, "begin with {")]
    [InlineData(""" {}""", 0, "begin with {")]
    [InlineData("""{} {}""", 0, "cannot be read")]
    [InlineData("", 0, "begin with {")]
    public void A_header_is_read_strictly(string header, int dataBytes, string? complaint)
    {
        byte[] file = [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];
        if (complaint is null) Assert.NotEmpty(new SafetensorsFile(file).Names);
        else Assert.Contains(complaint, Assert.Throws<InvalidInputException>(() => new SafetensorsFile(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue)]
    [InlineData(1ul << 31)]
    [InlineData(100ul)]
    public void A_header_longer_than_the_file_is_refused(ulong length) =>
        Assert.Contains("header", Assert.Throws<InvalidInputException>(() => new SafetensorsFile([.. BitConverter.GetBytes(length), .. "{}"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_bytes_nothing_else_goes_wrong()
    {
        byte[] good = Write(Sample);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 12]).Array[1, 6].Sample(changes =>
        {
            byte[] bad = [.. good];
            foreach ((int at, byte value, int cut) in changes)
            {
                bad[at % bad.Length] = value;
                if (cut > 9 && bad.Length > 40) bad = bad[..^cut];
            }
            try
            {
                var file = new SafetensorsFile(bad);
                foreach (string name in file.Names) _ = file.Has<double>(name) ? file.ReadVector<double>(name).Length : 0;
            }
            catch (InvalidInputException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }, iter: 20_000);
    }

    private static byte[] Write(Tensor[] tensors)
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors);
        return stream.ToArray();
    }
}
