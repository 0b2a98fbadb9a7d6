using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie data</c>: what one does with tweet files before a model.</summary>
internal static class DataVerb
{
    public static Command Create(Terminal terminal) => new("data", "Read, describe, split, convert, clean, download and generate tweet files")
    {
        DataDescribeVerb.Create(terminal),
        DataSplitVerb.Create(terminal),
        DataImportVerb.Create(terminal),
        DataCleanVerb.Create(terminal),
        DataGenerateVerb.Create(terminal),
        DataGetVerb.Create(terminal, Tweets.PublishedFile.All),
    };
}
