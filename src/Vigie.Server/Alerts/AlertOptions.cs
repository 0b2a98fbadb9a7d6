namespace Vigie.Server;

/// <summary>When somebody is told that something is wrong, and how.</summary>
public sealed partial record AlertOptions
{
    /// <summary>Judge predictions and corrections by rules, and raise alerts. Only where records are kept: alerts are read from them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// A file of rules (YAML), read anew when it changes. Where none is named: <c>alerts.yaml</c> in <see cref="RecordOptions.Folder"/>, which the dashboard writes, and until there is one the built-in rules, which <c>vigie alerts rules</c> prints;
    /// with <see cref="RecordOptions.Database"/> always these.
    /// </summary>
    public string? Rules { get; init; }

    /// <summary>Checks every value. The file of rules is read, and checked, where the server begins to watch.</summary>
    /// <exception cref="InvalidInputException">A value is missing or out of range.</exception>
    public void Check()
    {
        if (Rules is not null && string.IsNullOrWhiteSpace(Rules)) throw new InvalidInputException("alerts.rules is empty; expected the path of a file of rules, or leave it out for the built-in ones");
        CheckChannels();
    }
}
