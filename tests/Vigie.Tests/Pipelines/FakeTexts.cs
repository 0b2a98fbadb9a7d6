using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

/// <summary>Files of a repository that is nowhere but in memory, at <c>/repo</c>.</summary>
internal sealed class FakeTexts(params (string Path, string Text)[] files) : IFileTexts
{
    public const string Root = "/repo";

    public string? Read(string fullPath) => files.FirstOrDefault(file => $"{Root}/{file.Path}" == fullPath).Text;

    public IEnumerable<string> Find(string nameOrEnding) => files.Select(file => $"{Root}/{file.Path}").Where(path => path.EndsWith(nameOrEnding, StringComparison.Ordinal));
}
