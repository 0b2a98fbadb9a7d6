using System.Text;

namespace Vigie.Server;

/// <summary>
/// A message as one SMS: 160 characters where the phones' old alphabet (GSM 03.38) has all of them, else 70 of UCS-2. No tweet is ever in it, and where a
/// message does not fit, its end goes.
/// </summary>
internal static class SmsText
{
    private const int MostGsm = 160, MostUcs2 = 70;

    private const string Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    // These take two places.
    private const string Extended = "^{}\\[~]|€";

    public static string Of(NoticeText notice)
    {
        string text = Folded($"Vigie. {notice.Title}");
        string end = notice.Page is { } page && page.Length <= 50 ? $" {page}" : "";
        bool isGsm = text.All(IsGsm) && end.All(IsGsm);
        return isGsm ? Fitted(text, end, MostGsm, c => Extended.Contains(c, StringComparison.Ordinal) ? 2 : 1, "...") : Fitted(text, end.Length <= 25 ? end : "", MostUcs2, _ => 1, "…");
    }

    private static string Fitted(string text, string end, int most, Func<char, int> places, string cut)
    {
        int room = most - end.Sum(places);
        if (text.Sum(places) <= room) return text + end;
        room -= cut.Sum(places);
        int length = 0;
        while (length < text.Length && (room -= places(text[length])) >= 0) length++;
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length].TrimEnd() + cut + end;
    }

    private static bool IsGsm(char c) => Basic.Contains(c, StringComparison.Ordinal) || Extended.Contains(c, StringComparison.Ordinal);

    // What has a plain twin would else cost 90 characters.
    private static string Folded(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            folded.Append(c switch
            {
                '‘' or '’' or '`' or '´' => "'",
                '“' or '”' or '«' or '»' => "\"",
                '–' or '—' or '‑' or '−' => "-",
                '…' => "...",
                '×' => "x",
                '≥' => ">=",
                '≤' => "<=",
                '\u00A0' or '\u202F' or '\u2009' => " ",
                _ => c.ToString(),
            });
        }

        return folded.ToString();
    }
}
