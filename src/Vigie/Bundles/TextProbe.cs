using System.Buffers.Binary;
using System.Security.Cryptography;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Bundles;

/// <summary>
/// What a pipeline makes of some forty fixed texts, as one number. A model keeps the number it was trained with: a program that comes to another one,
/// for a change in the tokenizer, a stemmer, the hash or the Unicode tables beneath, would feed the model features it was not trained on.
/// </summary>
internal static class TextProbe
{
    // One text for each thing that a pipeline may do. Adding one here makes every older bundle unreadable.
    internal static readonly IReadOnlyList<string> Texts =
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

        // entities, and ampersands that are none
        "&lt;b&gt;rude&lt;/b&gt; &quot;sorry&quot; &#39;no&#39; &#x27;yes&#x27; &apos;maybe&apos; &nbsp;end",
        "&amp;amp; &amp;lt; &amp;#39; twice escaped &Eacute;t&eacute; &#233; &#xE9; &#0; &#1114112; &#55357;",
        "not bad &amp; cheap &gt; 3 &euro; &hearts; &#128545;&#x1F44D;",
        "AT&T R&B fish&chips Q&A & co && &&& &unknown; &amp &lt x&y;z &;",

        // emoji: tones, flags, keycaps, families, tags, presentation, halves
        "\U0001F621\U0001F621\U0001F621 \U0001F44E\U0001F3FB\U0001F44E\U0001F3FF \U0001F926\U0001F3FC\u200D\u2640\uFE0F wow",
        "\U0001F1EB\U0001F1F7\U0001F1EC\U0001F1E7 1\uFE0F\u20E3 #\uFE0F\u20E3 \U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F \u263A \u263A\uFE0F",
        "half \uD83D of \uDE00 one, \u2708\uFE0F\u2708 plane\u2708delayed, \U0001F469\u200D\u2764\uFE0F\u200D\U0001F48B\u200D\U0001F469",

        // elongation and repeats
        "sooooo gooood coool nooooo whyyyyy hmmmm zzzzz aaaah Ooooops yessss heeelp",
        "loooooool hahahaha ÉÉÉÉnorme 10000000 www 1111 !!!!!!!! ?????? ?!?!?! ....... …… -- --- ***",

        // negation, its scope and what ends it
        "not good but great. not bad, never late; no problem! nothing works nobody cares nowhere to sit",
        "I didn't say it isn't bad, I ain't happy and you shouldn't have; cannot cant wont dont without",
        "neither cheap nor fast, hardly ever on time, no way :( not #happy not 3 not @you not http://t.co/y",
        "je ne suis pas content mais ravi, n'ai jamais vu ça, aucun mot, rien ne va plus, personne ne répond, sans excuse, ni ni",

        // numbers
        "3 33 3.14 1,000,000 10:30 10:30:59 007 -5 +33 1/2 50% $9.99 €20 2nd 21st 4x4 a320 747s 3pm",
        "٣ ३ ３ ² ½ Ⅻ x²y m² 1e5 0x1F 1.2.3.4 10, 20. 30: 1'000 1’000 5-6",

        // hashtags
        "#fail #Fail #FAIL #LostLuggageAgain #worstairlineever #BAFail #plusjamais #PlusJamaisÇa #24hoursdelay #worst_airline_2015",
        "#été #हिन्दी #東京 #x²y #a#b ##twice # alone #! #1 #_ #don't (#inside) word#tag ＃fullwidth",

        // URLs and mentions
        "http://t.co/abc https://www.example.com/a_b?c=d&e=f#g www.example.org HTTP://UP.EXAMPLE/ http:// https://x www. (http://t.co/z)",
        "example.com/path t.co/x mail me@example.com ftp://old.example http://t.co/é \"http://t.co/q\" seehttp://t.co/w",
        "@AirParis @air_paris @a1 @ alone @@twice .@AirParis RT @AirParis: via @x, @été hello@you @AIRPARIS's",

        // French
        "L'avion d'Aurélie qu'elle n'a pas pris aujourd'hui jusqu’à 22h30, c’était l’enfer !",
        "« Très déçue » : 2 h de retard, remboursez-moi ! Est-ce qu'on se moque de nous ? Peut-être…",
        "les hôtesses souriantes, équipages serviables, sièges inconfortables, mangeais finirent vendrons absolument",
        "mdr ptdr jsp svp stp bcp tkt slt cc pk pq g pa compri ske tu di",

        // combining marks, case and width
        "E\u0301te\u0301 a\u0300 n\u0303 o\u0302\u0323 \u0301alone q\u0307\u0323 q\u0323\u0307 \uAC00 \u1100\u1161 \u212B \u2126",
        "l'e\u0301quipage e\u0301tait a\u0300 l'heure, tre\u0300s bien, franc\u0327ais",
        "#volannule\u0301 @se\u0301bastien \u0041\u030A\u030Angstro\u0308m \u1112\u1161\u11AB",
        "İSTANBUL ISPARTA STRASSE ẞ ΣΑΣ ǅ ﬂight ｆｕｌｌ Ａ Ⓐ \U0001D400 \U00010400 ŉ ǰ",
        "soft\u00ADhyphen zero\u200Bwidth join\u200Der mark\u200Eed \uFEFFbom nb\u00A0sp thin\u2009sp line\u2028sep \u0085 \u0000nul \u001Funit",

        // faces
        ":) :-) :( :-( ;) ;-) :D :-D XD xD :P :p :/ :-/ :| :o :O =) =( 8) B) :'( :') >:( <3 </3 ^^ ^_^ -_- o_O T_T",
        "(: ): (-: :] :[ :} :)) :((( text:) :)text :):) 10:30) (8) x) http:/ :// ;; == T-T t_t \\o/ ¯\\_(ツ)_/¯",

        // contractions, quotes, dashes and brackets
        "I'm you're he's she'd we'll they've it's let's who's y'all o'clock rock'n'roll 'tis '90s dogs' James's s' 's",
        "“I’m” ‘you’re’ ''double'' `tick` don´t don‛t well-known state-of-the-art and/or [b] {c} (d) a–b a—b a_b a.b a,b a;b",

        // forms
        "flies dying tried stopped bigger happiest children feet was been lying skies generously organization happiness national conditional",
        "sensational abilities traditional probate controlling rolled cooked hopping hoping luggage baggage early only sky news atlas",
    ];

    /// <summary>The first 16 hexadecimal digits of a SHA-256 over the n-grams' fingerprints, text by text.</summary>
    public static string Of(TextPipeline text, Ngrams ngrams)
    {
        var buffer = new NgramBuffer(new Tokenizer(text), ngrams);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        foreach (string probe in Texts)
        {
            buffer.Fill(probe);
            BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)buffer.Count); // an n-gram that moves to the next text is a change too
            hash.AppendData(number);
            foreach (ulong fingerprint in buffer.Fingerprints)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(number, fingerprint);
                hash.AppendData(number);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
