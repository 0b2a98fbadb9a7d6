using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>
/// The rules in force, read anew when their file changes. An edit that is wrong changes nothing: the rules before it stay in force, and <see cref="Failure"/> says what is wrong with it.
/// For one thread at a time.
/// </summary>
internal sealed class RuleFile
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    /// <summary>Two edits may leave the same length and time behind: the content itself is read now and then.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly string? path;
    private readonly bool isOptional;
    private readonly string name;
    private readonly TimeProvider clock;
    private (long Length, DateTime Written) stat;
    private byte[] hash = [];
    private long glanced, looked;

    /// <summary>Reads the rules.</summary>
    /// <param name="path">Their file; null for the built-in rules, which never change.</param>
    /// <param name="clock">Says when to look again.</param>
    /// <param name="isOptional">Whether the built-in rules hold where the file is not there.</param>
    /// <exception cref="InvalidInputException">The file is not there, or wrong.</exception>
    public RuleFile(string? path, TimeProvider clock, bool isOptional = false)
    {
        (this.path, this.clock, this.isOptional, name) = (path, clock, isOptional, path ?? "default-rules.yaml");
        glanced = looked = clock.GetTimestamp();
        Current = path is null ? AlertRules.Default : Read(out hash, out stat);
    }

    /// <summary>The rules in force.</summary>
    public AlertRules Current { get; private set; }

    /// <summary>What is wrong with the file as it stands; null where it is in force.</summary>
    public string? Failure { get; private set; }

    /// <summary>Looks whether the file has changed, at most every two seconds.</summary>
    /// <returns>Whether other rules are in force now.</returns>
    public bool Refresh()
    {
        if (path is null || clock.GetElapsedTime(glanced) < Glance) return false;
        glanced = clock.GetTimestamp();
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && (file.Length, file.LastWriteTimeUtc) == stat && clock.GetElapsedTime(looked) < Look) return false;
            looked = glanced;
            byte[] before = hash;
            AlertRules read = Read(out byte[] now, out stat);
            (hash, Failure) = (now, null);
            if (before.AsSpan().SequenceEqual(now)) return false;
            Current = read;
            return true;
        }
        catch (InvalidInputException wrong)
        {
            Failure = wrong.Message;
            return false;
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            Failure = $"{name}: cannot be read: {away.Message}";
            return false;
        }
    }

    private AlertRules Read(out byte[] digest, out (long, DateTime) written)
    {
        var file = new FileInfo(path!);
        if (isOptional && !file.Exists)
        {
            (digest, written) = ([], default);
            return AlertRules.Default;
        }

        written = file.Exists ? (file.Length, file.LastWriteTimeUtc) : default; // before it is read: what changes meanwhile is seen the next time
        SettingInput input = SettingsFile.Read(path!, name, out byte[] content);
        AlertRules rules = RuleReader.Read(input);
        digest = SHA256.HashData(content);
        return rules;
    }
}
