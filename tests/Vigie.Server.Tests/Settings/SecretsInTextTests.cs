using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Vigie.Server.Tests;

/// <summary>Options may be logged: as text they hold no secret.</summary>
public sealed partial class SecretsInTextTests
{
    private const string Marker = "hunter2-hunter2";

    [Fact]
    public void Options_as_text_hold_no_secret()
    {
        var marked = new List<string>();
        ServerOptions options = Fill(new ServerOptions(), marked);
        Assert.Contains("TlsOptions.Password", marked);
        Assert.Contains("RedisOptions.Password", marked);
        Assert.Contains("RecordOptions.Database", marked);
        Assert.Contains("TelemetryOptions.OtlpHeaders", marked);
        Assert.Contains("TelemetryOptions.AzureConnectionString", marked);
        Assert.Equal(Marker, options.Tls.Password); // or nothing was put in
        Assert.DoesNotContain(Marker, options.ToString(), StringComparison.Ordinal);
        foreach (object section in Sections(options)) Assert.DoesNotContain(Marker, section.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_s_password_is_not_shown()
    {
        var options = new ServerOptions { Models = new ModelOptions { Tracking = $"postgresql://vigie:{Marker}@db/vigie" } };
        Assert.DoesNotContain(Marker, options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, options.Models.ToString(), StringComparison.Ordinal);
    }

    // Puts the marker into every text that is marked as a secret, or is called like one, of options and of the options in them.
    private static T Fill<T>(T options, List<string> marked)
        where T : class
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null))
        {
            if (property.PropertyType == typeof(string) && (property.GetCustomAttribute<SecretAttribute>() is not null || SecretName().IsMatch(property.Name)))
            {
                property.SetValue(options, Marker);
                marked.Add($"{options.GetType().Name}.{property.Name}");
            }
            else if (IsSection(property.PropertyType))
            {
                Fill(property.GetValue(options)!, marked);
            }
        }

        return options;
    }

    private static IEnumerable<object> Sections(object options) => options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => IsSection(property.PropertyType)).Select(property => property.GetValue(options)!).SelectMany(section => Sections(section).Prepend(section));

    private static bool IsSection(Type type) => type is { IsClass: true, Namespace: "Vigie.Server" } && type.Name.EndsWith("Options", StringComparison.Ordinal) && !typeof(IEnumerable).IsAssignableFrom(type);

    // secret_file names a file.
    [GeneratedRegex("(Password|Secret|Headers|ConnectionString|Token|Credential)$")]
    private static partial Regex SecretName();
}
