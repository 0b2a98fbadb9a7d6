using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vigie.Text;

/// <summary>
/// Carries out a <see cref="TextPipeline"/>: one pass over the text, no allocation, the same code for training and prediction.
/// Instances are immutable and may be shared by threads; each thread brings its own <see cref="TokenBuffer"/>.
/// </summary>
public sealed class Tokenizer
{
    private readonly TextPipeline pipeline;

    /// <summary>Creates the tokenizer of one pipeline.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, or two do not go together.</exception>
    public Tokenizer(TextPipeline pipeline) => this.pipeline = pipeline.Validated();

    /// <summary>The pipeline that is carried out.</summary>
    public TextPipeline Pipeline => pipeline;

    /// <summary>Replaces the contents of <paramref name="buffer"/> with the tokens of <paramref name="text"/>. Any text is accepted.</summary>
    public void Tokenize(ReadOnlySpan<char> text, TokenBuffer buffer)
    {
        if (SourceText.IsPlain(text, pipeline))
        {
            buffer.Clear(text.Length);
            new Scanner(pipeline, text, default, buffer).Run();
            return;
        }
        int length = SourceText.Prepare(text, pipeline, buffer);
        buffer.Clear(length);
        new Scanner(pipeline, buffer.Work.AsSpan(0, length), buffer.WorkSource, buffer).Run();
    }

    /// <summary>The tokens of one text, for people and tests; hot loops use <see cref="Tokenize(ReadOnlySpan{char}, TokenBuffer)"/>.</summary>
    public IReadOnlyList<string> Tokenize(string text)
    {
        var buffer = new TokenBuffer();
        Tokenize(text, buffer);
        return buffer.ToStrings();
    }

    private ref struct Scanner(TextPipeline pipeline, ReadOnlySpan<char> text, ReadOnlySpan<int> source, TokenBuffer buffer)
    {
        private readonly ReadOnlySpan<char> text = text;
        private readonly ReadOnlySpan<int> source = source;
        private readonly Span<char> output = buffer.Characters;
        private int negated;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run()
        {
            int i = 0;
            while (i < text.Length)
            {
                if (CharClass.IsSpace(text[i])) i++;
                else i = pipeline.Tokens switch
                {
                    TokenPattern.Tweet => Tweet(i),
                    TokenPattern.Words => Words(i),
                    _ => Chunk(i),
                };
            }
        }

        private int Words(int start)
        {
            int i = start, length = 0, run = 0, characters = 0;
            while (i < text.Length && CharClass.AlphanumericLength(text, i) is > 0 and int units)
            {
                i = Write(i, units, ref length, ref run);
                characters++;
            }
            if (characters >= 2) Emit(start, i, length, TokenKind.Word);
            return i == start ? i + 1 : i;
        }

        private int Chunk(int start)
        {
            int i = start, length = 0, run = 0;
            while (i < text.Length && !CharClass.IsSpace(text[i])) i = Write(i, 1, ref length, ref run);
            Emit(start, i, length, TokenKind.Word);
            return i;
        }

        private int Tweet(int i)
        {
            char c = text[i];
            if (c is 'h' or 'H' or 'w' or 'W' && IsUrl(i)) return Url(i);
            if (CharClass.StartsEmoticon(c) && Emoticon.Match(text, i) is > 0 and int face) return Take(i, face, face, TokenKind.Emoticon, pipeline.Emoticons);
            if (CharClass.WordLength(text, i) > 0) return Word(i, 0, CharClass.IsDigit(c) ? TokenKind.Number : TokenKind.Word);
            if (i + 1 < text.Length && CharClass.WordLength(text, i + 1) > 0)
            {
                if (c == '@') return Mention(i);
                if (c == '#') return Word(i, 1, TokenKind.Hashtag);
            }
            return Mark(i, c);
        }

        private readonly bool IsUrl(int i)
        {
            ReadOnlySpan<char> rest = text[i..];
            int scheme = rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
                : rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
                : rest.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? 4 : 0;
            return scheme > 0 && rest.Length > scheme && !CharClass.IsSpace(rest[scheme]);
        }

        private int Url(int start)
        {
            int i = start;
            while (i < text.Length && !CharClass.IsSpace(text[i])) i++;
            return Term(start, i, pipeline.Urls, Placeholder.Url, TokenKind.Url);
        }

        private int Mention(int start)
        {
            int i = start + 1;
            while (i < text.Length && CharClass.WordLength(text, i) is > 0 and int units) i += units;
            return Term(start, i, pipeline.Mentions, Placeholder.User, TokenKind.Mention);
        }

        private int Term(int start, int end, TermPolicy policy, char placeholder, TokenKind kind)
        {
            if (policy == TermPolicy.Keep)
            {
                int length = 0, run = 0;
                for (int i = start; i < end; i++) Write(i, 1, ref length, ref run, squeeze: false);
                Emit(start, end, length, kind);
            }
            else if (policy == TermPolicy.Placeholder)
            {
                output[buffer.Length] = placeholder;
                Emit(start, end, 1, kind);
            }
            return end;
        }

        // A word, a number (a word that starts with a digit) or, behind its #, a hashtag.
        private int Word(int start, int prefix, TokenKind kind)
        {
            int i = start, length = 0, run = 0;
            bool digits = kind == TokenKind.Number;
            if (prefix == 1) i = Write(i, 1, ref length, ref run);
            while (i < text.Length)
            {
                int units = CharClass.WordLength(text, i);
                if (units > 0)
                {
                    digits = digits && CharClass.IsDigit(text[i]);
                    i = Write(i, units, ref length, ref run);
                }
                else if (i + 1 < text.Length && IsJoint(text[i], digits, kind) && CharClass.WordLength(text, i + 1) > 0 && (!digits || CharClass.IsDigit(text[i + 1]) || text[i] is '\'' or '’'))
                {
                    output[buffer.Length + length++] = text[i] == '’' ? '\'' : text[i];
                    run = 0;
                    i++;
                }
                else break;
            }
            if (kind == TokenKind.Hashtag) return Hashtag(start, i, length);
            if (digits && pipeline.Numbers != TermPolicy.Keep) return Term(start, i, pipeline.Numbers, Placeholder.Number, TokenKind.Number);
            Emit(start, i, length, digits ? TokenKind.Number : TokenKind.Word);
            return i;
        }

        // An apostrophe inside a word; inside a number also the separators of thousands, decimals and hours.
        private static bool IsJoint(char c, bool digits, TokenKind kind) => kind != TokenKind.Hashtag && (c is '\'' or '’' || digits && c is '.' or ',' or ':');

        private int Hashtag(int start, int end, int length)
        {
            if (pipeline.Hashtags == HashtagPolicy.Keep) Emit(start, end, length, TokenKind.Hashtag);
            else if (pipeline.Hashtags == HashtagPolicy.Split) Split(start + 1, end);
            return end;
        }

        private void Split(int start, int end)
        {
            HashtagSplitter splitter = HashtagSplitter.Both; // a brand's tweets mix languages, whatever the stop words are
            Span<Range> pieces = new Range[end - start];
            int count = splitter.Split(text[start..end], pieces);
            foreach (Range piece in pieces[..count])
            {
                (int offset, int size) = piece.GetOffsetAndLength(end - start);
                int length = 0, run = 0;
                for (int i = start + offset; i < start + offset + size;)
                    i = Write(i, char.IsSurrogatePair(text[i], i + 1 < end ? text[i + 1] : '\0') ? 2 : 1, ref length, ref run);
                Emit(start + offset, start + offset + size, length, TokenKind.Word);
            }
        }

        private int Mark(int i, char c)
        {
            if (c is '!' or '?')
            {
                int run = 1;
                while (i + run < text.Length && text[i + run] is '!' or '?') run++;
                return Take(i, run, Math.Min(run, 3), TokenKind.Punctuation, pipeline.Punctuation);
            }
            if (c is '.' or '…')
            {
                int run = 1;
                while (i + run < text.Length && text[i + run] is '.' or '…') run++;
                if (run == 1 && c == '.') return Take(i, 1, 1, TokenKind.Punctuation, pipeline.Punctuation);
                if (pipeline.Punctuation)
                {
                    "...".CopyTo(output[buffer.Length..]);
                    Emit(i, i + run, 3, TokenKind.Punctuation);
                }
                return i + run;
            }
            if (c < 128 || char.IsPunctuation(c)) return Take(i, 1, 1, TokenKind.Punctuation, pipeline.Punctuation);
            return Symbol(i);
        }

        // An emoji with all that joins it (ZWJ sequences, flags) is one token; skin tone and presentation selectors are left out.
        private int Symbol(int start)
        {
            int end = start + StringInfo.GetNextTextElementLength(text[start..]);
            if (!pipeline.Emoticons) return end;
            int length = 0;
            for (int i = start; i < end;)
            {
                Rune.DecodeFromUtf16(text[i..], out Rune rune, out int consumed);
                if (rune.Value is not (0xFE0E or 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF))) length += rune.EncodeToUtf16(output[(buffer.Length + length)..]);
                i += consumed;
            }
            if (length > 0) Emit(start, end, length, TokenKind.Symbol);
            return end;
        }

        private int Take(int start, int consumed, int written, TokenKind kind, bool keep)
        {
            if (keep)
            {
                text.Slice(start, written).CopyTo(output[buffer.Length..]);
                Emit(start, start + consumed, written, kind);
            }
            return start + consumed;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int Write(int i, int units, ref int length, ref int run, bool squeeze = true)
        {
            int at = buffer.Length + length;
            char c = text[i];
            if (units == 2)
            {
                var rune = new Rune(c, text[i + 1]);
                length += (pipeline.Lowercase ? Rune.ToLowerInvariant(rune) : rune).EncodeToUtf16(output[at..]);
                run = 0;
                return i + 2;
            }
            if (pipeline.Lowercase) c = c < 128 ? (char)(c | (c is >= 'A' and <= 'Z' ? 0x20 : 0)) : char.ToLowerInvariant(c);
            run = length > 0 && output[at - 1] == c ? run + 1 : 1;
            if (squeeze && pipeline.MaxRun > 0 && run > pipeline.MaxRun && !CharClass.IsDigit(c)) return i + 1;
            output[at] = c;
            length++;
            return i + 1;
        }

        private void Emit(int start, int end, int length, TokenKind kind)
        {
            if (kind == TokenKind.Word && IsStopWord(output.Slice(buffer.Length, length))) return;
            bool mark = false;
            if (pipeline.NegationScope > 0)
            {
                ReadOnlySpan<char> token = output.Slice(buffer.Length, length);
                if (negated > 0 && Negation.IsEndedBy(kind, token)) negated = 0;
                // A sad face behind 'never' is as sad as any: only what can be negated is marked.
                mark = negated > 0 && kind is TokenKind.Word or TokenKind.Number or TokenKind.Hashtag;
                if (negated > 0) negated--;
                if (kind == TokenKind.Word && Negation.Starts(token)) negated = pipeline.NegationScope;
            }
            if (kind == TokenKind.Word && pipeline.Form != WordForm.Surface) length = Reduce(output[buffer.Length..], length);
            if (length > 0) buffer.Add(buffer.Length, length, Origin(start), Math.Max(Origin(end), Origin(end - 1) + 1), kind, mark);
        }

        private readonly bool IsStopWord(ReadOnlySpan<char> word) => pipeline.StopWords switch
        {
            StopWordLanguage.English => StopWords.English.Contains(word),
            StopWordLanguage.French => StopWords.French.Contains(word),
            _ => false,
        };

        private readonly int Reduce(Span<char> word, int length) => pipeline.Form switch
        {
            WordForm.Stem => EnglishStemmer.Stem(word, length),
            WordForm.StemFrench => FrenchStemmer.Stem(word, length),
            _ => EnglishLemmatizer.Lemmatize(word, length),
        };

        private readonly int Origin(int i) => source.IsEmpty ? i : source[i];
    }
}
