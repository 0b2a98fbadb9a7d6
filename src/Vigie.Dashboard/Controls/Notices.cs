namespace Vigie.Dashboard.Controls;

/// <summary>Short messages that something was done; shown for a while, and read aloud.</summary>
public sealed class Notices
{
    /// <summary>A message has come.</summary>
    public event Action<string>? Said;

    /// <summary>Says that something was done.</summary>
    public void Say(string text) => Said?.Invoke(text);
}
