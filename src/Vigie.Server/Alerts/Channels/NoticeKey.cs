using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>A message's key in a form that every protocol takes: letters, digits, dashes and underscores, 64 at most.</summary>
internal static class NoticeKey
{
    /// <summary>The key itself where it has that form, else the beginning of its SHA-256.</summary>
    public static string Of(AlertNotice notice) => notice.Key.Length is > 0 and <= 64 && notice.Key.All(IsPlain) ? notice.Key : Hashed(notice.Key);

    /// <summary>32 hexadecimal digits that stand for a text.</summary>
    public static string Hashed(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
