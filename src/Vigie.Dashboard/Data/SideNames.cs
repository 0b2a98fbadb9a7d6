using Vigie.Dashboard.Reading;
using Vigie.Tweets;

namespace Vigie.Dashboard.Data;

/// <summary>The sides of a data set as people call them.</summary>
internal static class SideNames
{
    public static string Of(Split side, Viewer viewer) => Of(side.ToString().ToLowerInvariant(), viewer);

    public static string Of(string side, Viewer viewer) => side switch
    {
        "train" => viewer.T("training", "entraînement"),
        "validation" => viewer.T("validation", "validation"),
        "test" => viewer.T("test", "test"),
        _ => side,
    };
}
