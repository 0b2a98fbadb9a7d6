namespace Vigie.Server;

/// <summary>Reads settings.</summary>
public static class Settings
{
    /// <summary>Reads the sources.</summary>
    /// <typeparam name="TOptions">A record of options.</typeparam>
    /// <exception cref="InvalidInputException">A setting is unknown or of the wrong type, or the file cannot be read; the message says which, where, and what would be right.</exception>
    public static Settings<TOptions> Read<TOptions>(SettingSources sources)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(sources);
        var reader = new SettingsReader(SectionShape.Of(typeof(TOptions)));
        var options = (TOptions)reader.Section(sources.Read(), new TOptions());
        return new Settings<TOptions>(options, reader.Effective, reader.Secrets);
    }
}

/// <summary>Options as their sources say them.</summary>
/// <typeparam name="TOptions">A record of options.</typeparam>
public sealed class Settings<TOptions>
    where TOptions : class, new()
{
    private readonly IReadOnlyList<string> secrets;

    internal Settings(TOptions options, IReadOnlyList<EffectiveSetting> effective, IReadOnlyList<string> secrets) => (Options, Effective, this.secrets) = (options, effective, secrets);

    /// <summary>The options. Each value is of its type; whether it is in range, <see cref="Check"/> tells.</summary>
    public TOptions Options { get; }

    /// <summary>Every setting with the value that holds and who said it, in the order of the records.</summary>
    public IReadOnlyList<EffectiveSetting> Effective { get; }

    /// <summary>Runs a check of options, and adds to what it complains of who said that value.</summary>
    /// <exception cref="InvalidInputException">The check's own, with the place, and without secrets.</exception>
    public void Check(Action check)
    {
        ArgumentNullException.ThrowIfNull(check);
        try
        {
            check();
        }
        catch (InvalidInputException wrong) when (Placed(wrong.Message) is { } placed && placed != wrong.Message)
        {
            throw new InvalidInputException(placed, wrong);
        }
    }

    // Messages begin with the setting that they are about; the longest name that fits is the one.
    private string Placed(string message)
    {
        EffectiveSetting? about = Effective
            .Where(setting => message.StartsWith(setting.Path, StringComparison.Ordinal) && (message.Length == setting.Path.Length || !IsPartOfName(message[setting.Path.Length])))
            .MaxBy(setting => setting.Path.Length);
        // Short ones would tear other words apart, and hide nothing that could not be guessed.
        string text = secrets.Where(secret => secret.Length >= 4).Aggregate(message, (text, secret) => text.Replace(secret, EffectiveSetting.Mask, StringComparison.Ordinal));
        return about is { IsDefault: false } ? $"{text} (from {about.Origin})" : text;
    }

    private static bool IsPartOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';
}

/// <summary>A setting and the value that holds.</summary>
/// <param name="Path">Its name: <c>tls.key</c>.</param>
/// <param name="Value">As a file would say it; <see cref="Mask"/> for a secret that is set, empty where there is no value.</param>
/// <param name="Origin">Who said it: <c>default</c>, <c>vigie.yaml:12</c>, <c>VIGIE__TLS__KEY</c>, <c>--set</c>.</param>
/// <param name="IsDefault">Whether nobody said anything.</param>
public sealed record EffectiveSetting(string Path, string Value, string Origin, bool IsDefault)
{
    /// <summary>Stands for a secret.</summary>
    public const string Mask = "***";
}
