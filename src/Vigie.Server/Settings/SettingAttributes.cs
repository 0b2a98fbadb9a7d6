namespace Vigie.Server;

/// <summary>A setting whose value is shown nowhere: not in a message, not in a list. It can also be read from a file, by the same name with <c>_file</c> behind it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>A property of options that programs set and settings files do not.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotASettingAttribute : Attribute;
