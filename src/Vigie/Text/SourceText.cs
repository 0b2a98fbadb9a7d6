using System.Globalization;
using System.Net;
using System.Text;

namespace Vigie.Text;

/// <summary>
/// The first step of the pipeline: entities decoded, broken surrogates replaced by U+FFFD, Unicode normalised to form C,
/// while every character remembers where in the original text it came from.
/// Most tweets need none of it and are read in place.
/// </summary>
internal static class SourceText
{
    private const int LongestEntity = 32, LongestSequence = 32;

    // Every character below is its own normal form, and combines with nothing before it.
    private const char FirstUnstable = '\u0300';

    // A reversed byte order mark, which the normaliser refuses besides broken surrogates.
    private const char Refused = '\uFFFE';

    /// <summary>True where <paramref name="text"/> can be tokenised as it stands.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text, TextPipeline pipeline) =>
        !(pipeline.HtmlEntities && text.Contains('&')) && Ascii.IsValid(text);

    /// <summary>Writes the prepared text to <see cref="TokenBuffer.Work"/>, the origins to <see cref="TokenBuffer.WorkSource"/>; returns its length.</summary>
    public static int Prepare(ReadOnlySpan<char> text, TextPipeline pipeline, TokenBuffer buffer)
    {
        int length = 0;
        Reserve(buffer, text.Length + TokenBuffer.Slack);
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '&' && pipeline.HtmlEntities && Entity(text[i..], out string decoded) is > 0 and int entity)
            {
                for (int k = 0; k < decoded.Length;) k += AppendRune(buffer, ref length, decoded.AsSpan(k), i);
                i += entity;
                continue;
            }
            i += AppendRune(buffer, ref length, text[i..], i);
        }
        buffer.WorkSource[length] = text.Length;
        return pipeline.Normalize && buffer.Work.AsSpan(0, length).IndexOfAnyInRange(FirstUnstable, char.MaxValue) >= 0 ? Normalize(buffer, length, text.Length) : length;
    }

    // Copies one code point, repaired where it must be; answers how much of the text it took.
    private static int AppendRune(TokenBuffer buffer, ref int length, ReadOnlySpan<char> text, int source)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out int consumed);
        if (rune.Value == Refused) rune = Rune.ReplacementChar;
        Reserve(buffer, length + text.Length + TokenBuffer.Slack);
        int written = rune.EncodeToUtf16(buffer.Work.AsSpan(length));
        buffer.WorkSource.AsSpan(length, written).Fill(source);
        length += written;
        return consumed;
    }

    private static int Entity(ReadOnlySpan<char> text, out string decoded)
    {
        decoded = "";
        int end = 1;
        while (end < Math.Min(text.Length, LongestEntity) && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '#')) end++;
        if (end < 2 || end >= text.Length || text[end] != ';') return 0;
        string entity = text[..(end + 1)].ToString();
        decoded = WebUtility.HtmlDecode(entity);
        return decoded == entity ? 0 : end + 1;
    }

    private static int Normalize(TokenBuffer buffer, int length, int textLength)
    {
        string text = buffer.Work.AsSpan(0, length).ToString();
        int[] source = buffer.WorkSource.AsSpan(0, length).ToArray();
        int written = 0;
        // A combining sequence never crosses the border of a text element, so each can be normalised alone and keeps its origin. Sorting the marks
        // of one element takes the square of their number: no language stacks more than thirty (UAX #15, stream-safe text), only attackers do.
        for (int i = 0; i < length;)
        {
            int element = StringInfo.GetNextTextElementLength(text.AsSpan(i)), end = i + element;
            while (i < end)
            {
                int piece = Math.Min(LongestSequence, end - i);
                if (piece > 1 && char.IsHighSurrogate(text[i + piece - 1])) piece--;
                ReadOnlySpan<char> sequence = text.AsSpan(i, piece);
                bool stays = sequence.IsNormalized(NormalizationForm.FormC);
                int start = written;
                written = Append(buffer, written, stays ? sequence : sequence.ToString().Normalize(NormalizationForm.FormC), source[i]);
                if (stays) source.AsSpan(i, piece).CopyTo(buffer.WorkSource.AsSpan(start));
                i += piece;
            }
        }
        buffer.WorkSource[written] = textLength;
        return written;
    }

    private static int Append(TokenBuffer buffer, int length, ReadOnlySpan<char> piece, int source)
    {
        Reserve(buffer, length + piece.Length + TokenBuffer.Slack);
        piece.CopyTo(buffer.Work.AsSpan(length));
        buffer.WorkSource.AsSpan(length, piece.Length).Fill(source);
        return length + piece.Length;
    }

    private static void Reserve(TokenBuffer buffer, int length)
    {
        if (buffer.Work.Length >= length) return;
        int size = checked(length + length / 2);
        Array.Resize(ref buffer.Work, size);
        Array.Resize(ref buffer.WorkSource, size);
    }
}
