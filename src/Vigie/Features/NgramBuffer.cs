using System.Buffers;
using System.Runtime.CompilerServices;
using Vigie.Text;

namespace Vigie.Features;

/// <summary>Where an n-gram stands in <see cref="TokenBuffer.Chars"/>. A skip-gram spans the words it leaves out.</summary>
internal readonly record struct NgramSpan(int Start, int Length, NgramKind Kind);

internal enum NgramKind : byte
{
    Words,
    Skip,
    Chars,
}

/// <summary>
/// The n-grams of one text as fingerprints, with repeats. One buffer serves one thread, text after text, without allocating.
/// </summary>
internal sealed class NgramBuffer(Tokenizer tokenizer, Ngrams ngrams)
{
    private ulong[] tokenHashes = new ulong[128];
    private ulong[] fingerprints = new ulong[1024];
    private NgramSpan[] spans = [];
    private bool located;

    public TokenBuffer Tokens { get; } = new();

    /// <summary>True once a text far longer than any tweet has passed: such a buffer is not worth keeping.</summary>
    public bool IsOversized => fingerprints.Length > 1 << 17;

    public int Count { get; private set; }

    /// <summary>Number of n-grams before the first character n-gram.</summary>
    public int CharStart { get; private set; }

    public ReadOnlySpan<ulong> Fingerprints => fingerprints.AsSpan(0, Count);

    public ReadOnlySpan<NgramSpan> Spans => located ? spans.AsSpan(0, Count) : throw new InvalidOperationException("the n-grams of this text were not located");

    /// <summary>The tokens' own fingerprints, whether or not unigrams are features.</summary>
    public ReadOnlySpan<ulong> TokenFingerprints => tokenHashes.AsSpan(0, Tokens.Count);

    /// <summary>Replaces the contents by the n-grams of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="locate">Fill <see cref="Spans"/> too, which naming and explaining need and counting does not.</param>
    public void Fill(ReadOnlySpan<char> text, bool locate = false)
    {
        located = locate;
        tokenizer.Tokenize(text, Tokens);
        int n = Tokens.Count;
        Reserve(n, Tokens.Length);
        HashTokens(n);
        Count = 0;
        if (ngrams.WordMax > 0) Words(n);
        if (ngrams.SkipMax > 0) SkipPairs(n);
        CharStart = Count;
        if (ngrams.CharMax > 0 && n > 0)
        {
            if (ngrams.CharBoundary == CharBoundary.Text) CharsAcross();
            else CharsWithin(n);
        }
    }

    private void Reserve(int tokens, int chars)
    {
        if (tokenHashes.Length < tokens) tokenHashes = new ulong[2 * tokens];
        int perToken = ngrams.WordMax + ngrams.SkipMax, perChar = ngrams.CharMax == 0 ? 0 : ngrams.CharMax - ngrams.CharMin + 1;
        // Each token's own padding adds up to two characters to char_wb windows.
        int need = checked(tokens * perToken + (chars + 2 * tokens + 2) * perChar);
        if (fingerprints.Length < need) fingerprints = new ulong[need + need / 4];
        if (located && spans.Length < need) spans = new NgramSpan[need + need / 4];
    }

    private void HashTokens(int n)
    {
        ReadOnlySpan<Token> tokens = Tokens.Tokens;
        for (int i = 0; i < n; i++) tokenHashes[i] = Fingerprint.OfToken(ref Tokens.Characters[tokens[i].Start], tokens[i].Length, tokens[i].Negated);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words(int n)
    {
        ReadOnlySpan<Token> tokens = Tokens.Tokens;
        int count = Count;
        for (int i = 0; i < n; i++)
        {
            ulong ngram = tokenHashes[i];
            int longest = Math.Min(ngrams.WordMax, n - i);
            for (int m = 1; ; m++)
            {
                if (m >= ngrams.WordMin)
                {
                    fingerprints[count] = ngram;
                    if (located) spans[count] = new NgramSpan(tokens[i].Start, tokens[i + m - 1].End - tokens[i].Start, NgramKind.Words);
                    count++;
                }
                if (m >= longest) break;
                ngram = Fingerprint.Join(ngram, tokenHashes[i + m]);
            }
        }
        Count = count;
    }

    private void SkipPairs(int n)
    {
        ReadOnlySpan<Token> tokens = Tokens.Tokens;
        int count = Count;
        for (int i = 0; i < n; i++)
        {
            ulong first = Fingerprint.Skip(tokenHashes[i]);
            // How many words were left out does not matter: 'never … late' is one feature.
            for (int j = i + 2; j <= i + 1 + ngrams.SkipMax && j < n; j++)
            {
                fingerprints[count] = Fingerprint.Join(first, tokenHashes[j]);
                if (located) spans[count] = new NgramSpan(tokens[i].Start, tokens[j].End - tokens[i].Start, NgramKind.Skip);
                count++;
            }
        }
        Count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CharsAcross()
    {
        int count = Count, length = Tokens.Length;
        for (int i = 0; i < length; i++)
        {
            for (int c = ngrams.CharMin; c <= ngrams.CharMax && i + c <= length; c++)
            {
                fingerprints[count] = Fingerprint.OfChars(ref Tokens.Characters[i], c);
                if (located) spans[count] = new NgramSpan(i, c, NgramKind.Chars);
                count++;
            }
        }
        Count = count;
    }

    private void CharsWithin(int n)
    {
        int count = Count;
        for (int t = 0; t < n; t++)
        {
            int start = Tokens.Items[t].Start - 1, end = Tokens.Items[t].End + 1;
            for (int c = ngrams.CharMin; c <= ngrams.CharMax; c++)
            {
                // A token shorter than the n-gram counts once, whole, as scikit-learn has it.
                int size = Math.Min(c, end - start);
                for (int i = start; i + size <= end; i++)
                {
                    fingerprints[count] = Fingerprint.OfChars(ref Tokens.Characters[i], size);
                    if (located) spans[count] = new NgramSpan(i, size, NgramKind.Chars);
                    count++;
                }
                if (end - start <= c) break;
            }
        }
        Count = count;
    }

    /// <summary>The name of n-gram <paramref name="index"/> for people: <c>NOT_good day</c>, <c>never … late</c>, <c>‹ery g›</c>.</summary>
    public string Name(int index)
    {
        var name = new ArrayBufferWriter<char>();
        WriteName(index, name);
        return name.WrittenSpan.ToString();
    }

    /// <summary>Writes that name; naming millions of features this way leaves no garbage behind.</summary>
    public void WriteName(int index, IBufferWriter<char> name)
    {
        NgramSpan span = Spans[index];
        if (span.Kind == NgramKind.Chars)
        {
            name.Write("‹");
            Placeholder.Spell(Tokens.Chars.Slice(span.Start, span.Length), name);
            name.Write("›");
            return;
        }
        (int first, int last) = TokensUnder(span);
        Tokens.WriteName(first, name);
        if (span.Kind == NgramKind.Skip)
        {
            name.Write(" … ");
            Tokens.WriteName(last, name);
            return;
        }
        for (int i = first + 1; i <= last; i++)
        {
            name.Write(" ");
            Tokens.WriteName(i, name);
        }
    }

    /// <summary>First and last token that n-gram <paramref name="span"/> touches.</summary>
    public (int First, int Last) TokensUnder(NgramSpan span)
    {
        ReadOnlySpan<Token> tokens = Tokens.Tokens;
        int first = 0, behind = tokens.Length - 1;
        while (first < behind)
        {
            int middle = (first + behind) / 2;
            if (tokens[middle].End <= span.Start) first = middle + 1;
            else behind = middle;
        }
        int last = first;
        while (last < tokens.Length - 1 && tokens[last + 1].Start < span.Start + span.Length) last++;
        return (first, last);
    }
}
