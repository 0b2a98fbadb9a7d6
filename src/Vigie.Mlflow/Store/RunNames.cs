using System.Globalization;
using System.Security.Cryptography;

namespace Vigie.Mlflow;

/// <summary>Names for runs that were given none: easy to say and to tell apart, not unique.</summary>
internal static class RunNames
{
    private static readonly string[] Qualities =
    [
        "able", "airy", "amber", "brave", "brisk", "calm", "clear", "crisp", "daring", "deft", "eager", "early", "fair", "fleet", "fond", "gentle", "glad", "golden", "grand", "hardy",
        "keen", "kind", "lively", "lofty", "lucid", "mellow", "merry", "mild", "nimble", "noble", "patient", "placid", "polite", "proud", "quiet", "rapid", "ready", "rosy", "serene", "silver",
        "sleek", "smart", "snowy", "solid", "spry", "steady", "stout", "sunny", "swift", "tidy", "trusty", "vivid", "warm", "wise", "witty", "zesty",
    ];

    private static readonly string[] Birds =
    [
        "auk", "avocet", "bittern", "bunting", "condor", "coot", "crane", "curlew", "dipper", "dove", "dunlin", "eagle", "egret", "eider", "falcon", "finch", "gannet", "godwit", "goose", "grebe",
        "gull", "harrier", "heron", "hoopoe", "ibis", "jackdaw", "jay", "kestrel", "kite", "lapwing", "lark", "linnet", "martin", "merlin", "oriole", "osprey", "owl", "petrel", "pipit", "plover",
        "puffin", "quail", "raven", "robin", "rook", "shrike", "siskin", "skua", "snipe", "starling", "stork", "swallow", "swan", "swift", "tern", "thrush", "wagtail", "wren",
    ];

    public static string Draw() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Qualities[RandomNumberGenerator.GetInt32(Qualities.Length)]}-{Birds[RandomNumberGenerator.GetInt32(Birds.Length)]}-{RandomNumberGenerator.GetInt32(1000)}");
}
