namespace Vigie.Server;

/// <summary>How it stands with a channel.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="IsDown">Whether it takes nothing: for five minutes, or because it said that trying again is of no use.</param>
/// <param name="Since">When it became so.</param>
/// <param name="Reason">Why, without secrets; null where it is up.</param>
internal sealed record ChannelCondition(string Channel, bool IsDown, DateTimeOffset Since, string? Reason);
