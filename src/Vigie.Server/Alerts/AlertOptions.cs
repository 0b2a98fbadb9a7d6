namespace Vigie.Server;

/// <summary>What is an alert, and who is told (<c>alerts</c>).</summary>
public sealed partial record AlertOptions
{
    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or two do not fit.</exception>
    public void Check() => CheckChannels();
}
