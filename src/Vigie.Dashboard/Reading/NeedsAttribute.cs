using Vigie.Server;

namespace Vigie.Dashboard.Reading;

/// <summary>The scope that a page needs; it is refused to readers without, and the navigation does not show it to them.</summary>
/// <param name="scope">The scope.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Scope scope) : Attribute
{
    /// <summary>The scope.</summary>
    public Scope Scope => scope;
}
