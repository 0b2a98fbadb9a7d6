using Vigie.Server;

namespace Vigie.Dashboard.Alerts;

/// <summary>Rules that somebody changes, and those that they began from.</summary>
internal sealed class RuleDraft
{
    private readonly Dictionary<string, AlertRule> saved = [];

    /// <summary>Begins with a file as it is; where that is wrong, its rules are none, and the text says why.</summary>
    public RuleDraft(RulePage page)
    {
        Saved = page;
        Text = page.Yaml;
        Set(page.Yaml);
        saved = Rules.ToDictionary(rule => rule.Name);
    }

    /// <summary>What is in the file.</summary>
    public RulePage Saved { get; }

    /// <summary>What is to be.</summary>
    public string Text { get; private set; }

    /// <summary>The rules of the last text that was right.</summary>
    public IReadOnlyList<AlertRule> Rules { get; private set; } = [];

    /// <summary>What is wrong with the text, with its line; null where nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it is another text than the file's.</summary>
    public bool IsChanged => Text.ReplaceLineEndings("\n").TrimEnd() != Saved.Yaml.ReplaceLineEndings("\n").TrimEnd();

    /// <summary>How many rules are others, new or gone.</summary>
    public int Changed => Rules.Count(Differs) + saved.Keys.Except(Rules.Select(rule => rule.Name)).Count();

    /// <summary>Whether a rule is another than in the file, or new.</summary>
    public bool Differs(AlertRule rule) => !saved.TryGetValue(rule.Name, out AlertRule? was) || !Same(was, rule);

    /// <summary>Takes on a text.</summary>
    public void Set(string text)
    {
        Text = text;
        try
        {
            Rules = RuleBook.Check(text).Written;
            Problem = null;
        }
        catch (InvalidInputException wrong)
        {
            Problem = wrong.Message;
        }
    }

    // Records compare lists by identity.
    private static bool Same(AlertRule one, AlertRule other) =>
        one with { Inhibits = [], Channels = [], Escalate = null } is var bare && bare.Equals(other with { Inhibits = bare.Inhibits, Channels = bare.Channels, Escalate = null })
        && one.Inhibits.SequenceEqual(other.Inhibits) && one.Channels.SequenceEqual(other.Channels)
        && one.Escalate?.After == other.Escalate?.After && (one.Escalate?.Channels ?? []).SequenceEqual(other.Escalate?.Channels ?? []);
}
