namespace Vigie.Cli.Tests;

/// <summary>The state folder of tests that name no other: one for all of this process, gone with it.</summary>
internal static class TestHome
{
    public static string Path { get; } = Directory.CreateTempSubdirectory("vigie-home-").FullName;

    static TestHome() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path, recursive: true);
}
