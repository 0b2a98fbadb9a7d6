using System.Reflection;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>What a setting may hold, read off the type of its property.</summary>
internal abstract record SettingShape
{
    /// <summary>The shape of a type, or null where no settings file could hold it.</summary>
    public static SettingShape? Of(Type type)
    {
        if (ScalarShape.TryOf(type) is { } scalar) return scalar;
        if (type.IsGenericType && type.GetGenericArguments() is [.., { } element])
        {
            if (type.IsAssignableFrom(typeof(List<>).MakeGenericType(element)) && ScalarShape.TryOf(element) is { } item) return new ListShape(item);
            if (type.IsAssignableTo(typeof(System.Collections.IEnumerable)) && type.GetGenericArguments() is [{ } key, _] && key == typeof(string)
                && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, element)) && Of(element) is { } entry)
            {
                return new MapShape(element, entry);
            }
        }

        if (type.IsClass && type.Assembly != typeof(string).Assembly && type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetConstructor([]) is not null) return SectionShape.Of(type);
        return null;
    }

    /// <summary>As settings are called: <c>MaxTextLength</c> is <c>max_text_length</c>.</summary>
    public static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}

/// <summary>A list of scalars: a sequence in a file, divided by commas elsewhere.</summary>
internal sealed record ListShape(ScalarShape Item) : SettingShape;

/// <summary>Entries under names that whoever writes the settings chooses.</summary>
internal sealed record MapShape(Type Element, SettingShape Entry) : SettingShape;

/// <summary>An options record.</summary>
internal sealed record SectionShape(Type Type, IReadOnlyDictionary<string, SettingProperty> Properties) : SettingShape
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, SectionShape> Known = new();

    public static new SectionShape Of(Type type) => Known.GetOrAdd(type, static type => new SectionShape(type, Read(type)));

    /// <summary>Properties of a type that no settings file could hold, and that do not say so either.</summary>
    public static IEnumerable<PropertyInfo> Forgotten(Type type) => Candidates(type).Where(property => SettingShape.Of(property.PropertyType) is null);

    private static Dictionary<string, SettingProperty> Read(Type type)
    {
        var properties = new Dictionary<string, SettingProperty>(StringComparer.Ordinal);
        foreach (PropertyInfo property in Candidates(type))
        {
            if (SettingShape.Of(property.PropertyType) is { } shape) properties.Add(NameOf(property.Name), new SettingProperty(property, shape, property.IsDefined(typeof(SecretAttribute))));
        }

        return properties;
    }

    private static IEnumerable<PropertyInfo> Candidates(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true && !property.IsDefined(typeof(NotASettingAttribute)));
}

/// <summary>One property of an options record.</summary>
internal sealed record SettingProperty(PropertyInfo Property, SettingShape Shape, bool IsSecret)
{
    /// <summary>What is put behind a secret's name to say that it stands in a file.</summary>
    public const string FileSuffix = "_file";

    public bool IsNullable => Nullable.GetUnderlyingType(Property.PropertyType) is not null
        || (!Property.PropertyType.IsValueType && new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable);
}
