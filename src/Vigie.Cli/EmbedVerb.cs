using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie embed</c>: words and texts as vectors.</summary>
internal static class EmbedVerb
{
    public static Command Create(Terminal terminal) => new("embed", "Learn word vectors, ask them for neighbours and analogies, and see words and texts as points")
    {
        EmbedTrainVerb.Create(terminal),
        EmbedNearestVerb.Create(terminal),
        EmbedProjectVerb.Create(terminal),
    };
}
