using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie settings</c>: what can be set, what holds, and who said it.</summary>
internal static class SettingsVerb
{
    public static Command Create(Terminal terminal)
    {
        var markdown = new Option<bool>("--markdown") { Description = "Every setting there is, with its meaning, as one Markdown page" };
        var about = new Argument<string?>("NAME") { Description = "A setting, or the beginning of several, such as tls; none for all of them", Arity = ArgumentArity.ZeroOrOne };
        var settings = new SettingsOptions();
        var command = new Command("settings", "Show the settings of a server: what holds, and where it was said") { about, markdown };
        settings.AddTo(command);
        return command
            .WithExamples("vigie settings", "vigie settings tls", "vigie settings --settings production.yaml --json", "vigie settings --markdown")
            .Does(terminal, run =>
            {
                if (run.Value(markdown))
                {
                    terminal.Out.Write(SettingsPage.Markdown(typeof(ServerOptions)));
                    return;
                }

                string start = run.Value(about) ?? "";
                Dictionary<string, DescribedSetting> meanings = SettingsPage.List(typeof(ServerOptions)).ToDictionary(setting => setting.Path, StringComparer.Ordinal);
                Shown[] shown =
                [
                    .. settings.Read(run).Effective.Where(setting => start.Length == 0 || setting.Path == start || setting.Path.StartsWith(start + ".", StringComparison.Ordinal)).Select(setting =>
                    {
                        // Entries under names of the writer's own are explained under NAME, or by the whole that they are entries of.
                        DescribedSetting? meaning = meanings.GetValueOrDefault(setting.Path) ?? meanings.Values.FirstOrDefault(known => IsMeant(known.Path, setting.Path));
                        return new Shown(setting.Path, setting.Value, setting.Origin, meaning?.Type ?? "", meaning?.Default ?? "", meaning?.Description ?? "");
                    }),
                ];
                if (shown.Length == 0)
                    throw new InvalidInputException($"there is no setting '{Terminal.Printable(start)}'{(Spelling.Nearest(start, meanings.Keys) is { } near ? $"; did you mean {near}?" : "; 'vigie settings' lists them all")}");
                run.Print(new { Settings = shown }, console =>
                {
                    if (start.Length == 0) console.PrintTable(["setting", "value", "from"], [.. shown.Select(setting => new[] { setting.Name, setting.Value, setting.From })]);
                    else console.PrintTable(["setting", "value", "from", "type", "meaning"], [.. shown.Select(setting => new[] { setting.Name, setting.Value, setting.From, setting.Type, setting.Meaning })]);
                });
            });
    }

    private static bool IsMeant(string known, string path)
    {
        string[] parts = known.Split('.'), own = path.Split('.');
        return parts.Length >= own.Length && own.Select((part, i) => parts[i] == part || parts[i] == "NAME").All(same => same) && parts.Skip(own.Length).All(part => part == "NAME");
    }

    private sealed record Shown(string Name, string Value, string From, string Type, string Default, string Meaning);
}
