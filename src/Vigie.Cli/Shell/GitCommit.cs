using System.ComponentModel;

namespace Vigie.Cli;

/// <summary>The state of sources that a folder belongs to.</summary>
internal static class GitCommit
{
    /// <summary>The commit checked out there, ending in <c>-dirty</c> where files differ from it; null where it is no checkout, or there is no git.</summary>
    public static async Task<string?> OfAsync(string folder, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            ChildResult git = await Child.RunAsync("git", ["-C", folder, "describe", "--always", "--dirty", "--exclude=*", "--abbrev=40"], clock, cancellation);
            return git.ExitCode == 0 ? git.Out.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
