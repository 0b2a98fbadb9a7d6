using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>The file of rules as people edit it.</summary>
/// <param name="Yaml">Its text.</param>
/// <param name="Version">Tells it apart from what somebody else wrote meanwhile.</param>
/// <param name="IsBuiltIn">Whether there is no file yet, and the text is that of the built-in rules.</param>
internal sealed record RulePage(string Yaml, string Version, bool IsBuiltIn);

/// <summary>Where the rules of a server are written: read, checked and replaced whole. The keeper of alerts notices a change by itself.</summary>
/// <param name="path">The file; null where there is none that could be written.</param>
/// <param name="isOptional">Whether the built-in rules hold until there is a file.</param>
/// <param name="clock">Ends the wait for somebody else who writes.</param>
internal sealed class RuleBook(string? path, bool isOptional, TimeProvider clock)
{
    private const string NoFile = "none";

    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(10);

    /// <summary>The file; null where the setting <c>alerts.rules</c> has to name one before rules can be changed.</summary>
    public string? Path => path;

    /// <summary>Where the version before the last one is kept.</summary>
    public string? Before => path is null ? null : Place(path) + ".before";

    /// <summary>
    /// The rules of a server with these options. Replicas that share a database have no folder in common: there a file that one of them writes would hold for that one alone, so it has to be named.
    /// </summary>
    public static RuleBook Of(ServerOptions options) => options.Alerts.Rules is { } named
        ? new RuleBook(named, isOptional: false, options.Clock)
        : new RuleBook(options.Records.Database is null ? System.IO.Path.Combine(options.Records.Folder!, "alerts.yaml") : null, isOptional: true, options.Clock);

    /// <summary>The rules in force, read anew when the file changes.</summary>
    /// <exception cref="InvalidInputException">The file that is named is not there, or wrong.</exception>
    public RuleFile Watch(TimeProvider by) => new(path, by, isOptional);

    /// <summary>The file as it is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public RulePage Read()
    {
        byte[]? bytes = Bytes(path);
        return bytes is null ? new RulePage(AlertRules.DefaultText, NoFile, IsBuiltIn: true) : new RulePage(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), VersionOf(bytes), IsBuiltIn: false);
    }

    /// <summary>The version before the last one; null where there is none.</summary>
    /// <inheritdoc cref="Read"/>
    public string? ReadBefore() => Bytes(Before) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The rules of a text.</summary>
    /// <exception cref="InvalidInputException">It is not YAML, or a rule is wrong; the message names line, rule and key.</exception>
    public static AlertRules Check(string yaml) => AlertRules.Parse(Encoding.UTF8.GetBytes(yaml), "alerts.yaml");

    /// <summary>Puts rules in the place of those that are there, which are kept beside.</summary>
    /// <param name="yaml">The rules.</param>
    /// <param name="version">What they were made from.</param>
    /// <param name="cancellation">Ends the wait for others that write the file.</param>
    /// <returns>The file as it is now.</returns>
    /// <exception cref="InvalidInputException">They are wrong, somebody has changed the file meanwhile, or there is no file that could be written.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public async Task<RulePage> SaveAsync(string yaml, string version, CancellationToken cancellation)
    {
        if (path is null) throw new InvalidInputException("these rules are built in; name a file that all replicas see in the setting alerts.rules, and start again");
        Check(yaml);
        string text = yaml.ReplaceLineEndings("\n");
        byte[] bytes = Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\n");
        string place = Place(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(place))!);
        using FileStream held = await LockAsync(place + ".lock", cancellation);
        byte[]? before = Bytes(place);
        if ((before is null ? NoFile : VersionOf(before)) != version)
            throw new InvalidInputException("somebody has changed the rules since you began; your changes are still here: copy them, load the rules again, and put them in");
        UnixFileMode? mode = before is null || OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(place);
        if (before is not null) WholeFile.Replace(place + ".before", before);
        WholeFile.Replace(place, bytes);
        if (mode is { } own && !OperatingSystem.IsWindows()) File.SetUnixFileMode(place, own);
        return Read();
    }

    // A link stays one, and what it names is written.
    private static string Place(string file) => new FileInfo(file).LinkTarget is null ? file : File.ResolveLinkTarget(file, returnFinalTarget: true)!.FullName;

    private static byte[]? Bytes(string? file) => file is not null && File.Exists(file) ? File.ReadAllBytes(file) : null;

    private static string VersionOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // A file of its own: that of the rules is replaced, and who waits for a lock on the old one would then hold nothing.
    private async Task<FileStream> LockAsync(string file, CancellationToken cancellation)
    {
        long began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(began) < LongestLock)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancellation);
            }
        }
    }
}
