using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vigie.Server;

/// <summary>A YAML file of settings, read as data: no tag makes an object, no alias makes a small file endless, and every value knows its line.</summary>
internal sealed class SettingsFile
{
    public const int MaxBytes = 256 << 10;

    private const int MaxDepth = 12;

    private readonly string name;
    private readonly Parser events;

    private SettingsFile(string name, TextReader text) => (this.name, events) = (name, new Parser(new Scanner(text, skipComments: true)));

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="name">As messages call it.</param>
    /// <exception cref="InvalidInputException">It is not there, too large, not YAML, or says more than keys and values.</exception>
    public static SettingInput Read(string path, string name) => Read(path, name, out _);

    /// <summary>Reads a file, and gives its bytes too.</summary>
    /// <exception cref="InvalidInputException">It is not there, too large, not YAML, or says more than keys and values.</exception>
    public static SettingInput Read(string path, string name, out byte[] bytes)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            bytes = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes) throw new InvalidInputException($"{name} is larger than {MaxBytes >> 10} KiB, the most that a file of settings may have");
            bytes = bytes[..length];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{name}: cannot be read: {failure.Message}", failure);
        }

        return Parse(bytes, name);
    }

    internal static SettingInput Parse(ReadOnlySpan<byte> bytes, string name)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            throw new InvalidInputException($"{name} is not UTF-8", failure);
        }

        var file = new SettingsFile(name, new StringReader(text.TrimStart('\uFEFF')));
        try
        {
            return file.Document();
        }
        catch (YamlException fault)
        {
            throw new InvalidInputException($"{file.Line(fault.Start)}: not YAML: {fault.Message}", fault);
        }
    }

    private SettingInput Document()
    {
        events.Consume<StreamStart>();
        if (events.TryConsume<StreamEnd>(out _)) return Nothing();
        events.Consume<DocumentStart>();
        SettingInput read = Node(0);
        events.Consume<DocumentEnd>();
        if (!events.TryConsume<StreamEnd>(out _)) throw Fault(events.Current!, "a second document begins; a file of settings is one");
        return read switch
        {
            InputText { Text: null } => Nothing(),
            InputMap => read,
            _ => throw new InvalidInputException($"{read.Origin.Text}: expected settings as 'name: value', found {SettingsReader.Kind(read)}"),
        };
    }

    private InputMap Nothing() => new(new SettingOrigin(SettingOrigin.File, name), new Dictionary<string, SettingInput>());

    private SettingInput Node(int depth)
    {
        ParsingEvent at = events.Current!;
        if (depth > MaxDepth) throw Fault(at, $"nested deeper than {MaxDepth} levels");
        if (at is AnchorAlias) throw Fault(at, "an alias (*name) stands here; write the value itself");
        if (at is NodeEvent { Anchor.IsEmpty: false }) throw Fault(at, "an anchor (&name) stands here; settings have none");
        if (at is NodeEvent { Tag.IsEmpty: false } tagged) throw Fault(at, $"the tag {tagged.Tag} stands here; settings have none");
        var origin = new SettingOrigin(SettingOrigin.File, Line(at.Start));
        if (at is Scalar scalar)
        {
            events.MoveNext();
            return new InputText(origin, IsNull(scalar) ? null : scalar.Value);
        }

        if (events.TryConsume<SequenceStart>(out _))
        {
            var items = new List<SettingInput>();
            while (!events.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
            return new InputList(origin, items);
        }

        events.Consume<MappingStart>();
        var entries = new Dictionary<string, SettingInput>(StringComparer.Ordinal);
        while (!events.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent keyAt = events.Current!;
            if (Node(depth + 1) is not InputText { Text: { } key }) throw Fault(keyAt, "expected the name of a setting");
            if (entries.TryGetValue(key, out SettingInput? before)) throw Fault(keyAt, $"{key} was said before, at {before.Origin.Text}");
            SettingInput value = Node(depth + 1);
            entries.Add(key, value is InputText ? value with { Origin = new SettingOrigin(SettingOrigin.File, Line(keyAt.Start)) } : value);
        }

        return new InputMap(origin, entries);
    }

    private InvalidInputException Fault(ParsingEvent at, string message) => new($"{Line(at.Start)}: {message}");

    private string Line(Mark mark) => string.Create(CultureInfo.InvariantCulture, $"{name}:{mark.Line}");

    private static bool IsNull(Scalar scalar) => scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };
}
