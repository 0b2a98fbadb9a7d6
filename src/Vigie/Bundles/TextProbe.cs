using System.Buffers.Binary;
using System.Security.Cryptography;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Bundles;

/// <summary>
/// What a pipeline makes of a few dozen fixed texts, as one number. A model keeps the number it was trained with: a program that comes to another one,
/// for a change in the tokenizer, a stemmer, the hash or the Unicode tables beneath, would feed the model features it was not trained on.
/// </summary>
internal static class TextProbe
{
    // One text for each thing that a pipeline may do. Adding one here makes every older bundle unreadable.
    private static readonly string[] Texts =
    [
        "@AirParis flight AF123 delayed AGAIN!!! 3 hours, no explanation :-( http://t.co/x1 #fail #LostLuggageAgain",
        "I don't think it's not great, but the crew wasn't unkind... never again? can't wait",
        "Thaaaank youuuu &lt;3 &amp; see you soon \U0001F600\U0001F44D\U0001F3FD \U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F1EB\U0001F1F7 \u2764\uFE0F ;) XD :/ ^^",
        "L'équipage n'était pas aimable, jamais à l'heure : c'est la 2e fois qu'on perd mes 3 valises !",
        "RT @someone_1: Cafe\u0301 nai\u0308ve ÉCOLE ŒUVRE straße ıİ ﬁne \u2019quoted\u2019 \u201Cwords\u201D",
        "running ran runs better best wolves studies studying happily relational generously flights flew",
        "continuellement les chevaux mangeaient finissons heureuses nationalité",
        "1,234.56 50% $20 10:45 #1 @ # http:// www.example.com/a?b=c a_b well-known and/or",
        "日本語のツイート Привет العربية ไทย हिन्दी \u00A0\u2003\u200B\t\n…",
    ];

    /// <summary>The first 16 hexadecimal digits of a SHA-256 over the n-grams' fingerprints and the tokens' places.</summary>
    public static string Of(NgramVectorizer options)
    {
        var buffer = new NgramBuffer(new Tokenizer(options.Text), options.Ngrams);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        foreach (string text in Texts)
        {
            buffer.Fill(text);
            foreach (ulong fingerprint in buffer.Fingerprints)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(number, fingerprint);
                hash.AppendData(number);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
