using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Mlflow;

/// <summary>
/// Where a page ends: the values of its last row that the search sorts by, with a digest of them and of the question, so that a token that was changed, or that belongs to
/// another question, is refused. It holds nothing that its reader did not see, and goes into the query as parameters.
/// </summary>
internal static class PageToken
{
    private const int DigestLength = 16;
    private const int LongestToken = 200_000;

    /// <summary>Writes a token. Values are null, long, double or text.</summary>
    public static string Write(string question, IReadOnlyList<object?> place)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)place.Count);
            foreach (object? value in place)
            {
                switch (value)
                {
                    case null: writer.Write('n'); break;
                    case long number: writer.Write('l'); writer.Write(number); break;
                    case double number: writer.Write('d'); writer.Write(number); break;
                    case string text: writer.Write('s'); writer.Write(text); break;
                    default: throw new ArgumentException($"a page cannot end at a {value.GetType().Name}", nameof(place));
                }
            }
        }

        buffer.Write(Digest(question, buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Reads a token; null where there is none, and the search begins.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: it is not one of this question's.</exception>
    public static IReadOnlyList<object?>? Read(string question, string? token, IReadOnlyList<SortKey> keys)
    {
        if (string.IsNullOrEmpty(token)) return null;
        if (token.Length > LongestToken || !Base64Url.IsValid(token)) throw Refused();
        byte[] bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= DigestLength) throw Refused();
        ReadOnlySpan<byte> content = bytes.AsSpan(0, bytes.Length - DigestLength);
        if (!CryptographicOperations.FixedTimeEquals(Digest(question, content), bytes.AsSpan(content.Length))) throw Refused();
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length), Encoding.UTF8);
        try
        {
            var place = new object?[reader.ReadByte()];
            for (int i = 0; i < place.Length; i++)
            {
                place[i] = reader.ReadChar() switch
                {
                    'l' => reader.ReadInt64(),
                    'd' => reader.ReadDouble(),
                    's' => reader.ReadString(),
                    _ => null,
                };
            }

            return place.Length == keys.Count && keys.Zip(place).All(pair => pair.Second is null || pair.Second.GetType() == pair.First.Type) ? place : throw Refused();
        }
        catch (Exception fault) when (fault is IOException or FormatException or ArgumentException)
        {
            throw Refused(); // its digest is right, but it was not written here: anybody can compute one
        }
    }

    private static byte[] Digest(string question, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] asked = Encoding.UTF8.GetBytes(question);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, asked.Length);
        hash.AppendData(length);
        hash.AppendData(asked);
        hash.AppendData(content);
        return hash.GetHashAndReset()[..DigestLength];
    }

    private static MlflowException Refused() => MlflowException.Invalid("page_token is not one of this search: pass the next_page_token of the answer before, with the same filter, order and scope");
}
