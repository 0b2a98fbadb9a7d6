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
    private const int LongestEntity = 32;

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
                length = Append(buffer, length, decoded is [Refused] ? "\uFFFD" : decoded, i);
                i += entity;
                continue;
            }
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int consumed);
            if (rune.Value == Refused) rune = Rune.ReplacementChar;
            Reserve(buffer, length + text.Length - i + TokenBuffer.Slack);
            int written = rune.EncodeToUtf16(buffer.Work.AsSpan(length));
            buffer.WorkSource.AsSpan(length, written).Fill(i);
            length += written;
            i += consumed;
        }
        buffer.WorkSource[length] = text.Length;
        return pipeline.Normalize && !buffer.Work.AsSpan(0, length).IsNormalized(NormalizationForm.FormC) ? Normalize(buffer, length, text.Length) : length;
    }

    private static int Entity(ReadOnlySpan<char> text, out string decoded)
    {
        decoded = "";
        int end = text[..Math.Min(text.Length, LongestEntity)].IndexOf(';');
        if (end < 2) return 0;
        string entity = text[..(end + 1)].ToString();
        decoded = WebUtility.HtmlDecode(entity);
        return decoded == entity ? 0 : end + 1;
    }

    private static int Normalize(TokenBuffer buffer, int length, int textLength)
    {
        string text = buffer.Work.AsSpan(0, length).ToString();
        int[] source = buffer.WorkSource.AsSpan(0, length).ToArray();
        int written = 0;
        // A combining sequence never crosses the border of a text element, so each can be normalised alone and keeps its origin.
        for (int i = 0; i < length;)
        {
            int element = StringInfo.GetNextTextElementLength(text, i);
            written = Append(buffer, written, text.Substring(i, element).Normalize(NormalizationForm.FormC), source[i]);
            i += element;
        }
        buffer.WorkSource[written] = textLength;
        return written;
    }

    private static int Append(TokenBuffer buffer, int length, string piece, int source)
    {
        Reserve(buffer, length + piece.Length + TokenBuffer.Slack);
        piece.CopyTo(buffer.Work.AsSpan(length));
        buffer.WorkSource.AsSpan(length, piece.Length).Fill(source);
        return length + piece.Length;
    }

    private static void Reserve(TokenBuffer buffer, int length)
    {
        if (buffer.Work.Length >= length) return;
        Array.Resize(ref buffer.Work, 2 * length);
        Array.Resize(ref buffer.WorkSource, 2 * length);
    }
}
