using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie remote</c>: where contents are sent to.</summary>
internal static class RemoteVerb
{
    private static readonly string[] Secrets = ["password", "secret_access_key", "session_token", "access_key_id", "token"];

    public static Command Create(Terminal terminal) => new("remote", "Say where the cache is sent to and fetched from") { Add(terminal), List(terminal), Default(terminal), Modify(terminal), Remove(terminal) };

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "How the remote is called" };
        var url = new Argument<string>("URL") { Description = "A folder, s3://bucket/path, or http(s)://… (to read only)" };
        var isDefault = new Option<bool>("--default", "-d") { Description = "It is meant where none is named" };
        var local = new Option<bool>("--local") { Description = "Only on this machine: .dvc/config.local, which git does not have" };
        var force = new Option<bool>("--force", "-f") { Description = "In the place of one of that name" };
        return new Command("add", "Add a remote") { name, url, isDefault, local, force }
            .WithExamples("vigie remote add storage /mnt/data --default", "vigie remote add s3 s3://models/vigie")
            .Does(terminal, run =>
            {
                PipelineConfig config = PipelineConfig.Find(terminal.WorkingFolder);
                if (run.Required(name).AsSpan().ContainsAny("\"'[]\n")) throw new InvalidInputException($"'{run.Required(name)}' is no name for a remote: it may hold no quotes and brackets");
                if (config.Remotes.ContainsKey(run.Required(name)) && !run.Value(force)) throw new InvalidInputException($"there is a remote '{run.Required(name)}' already; --force puts this one in its place");
                var file = new ConfigFile(run.Value(local) ? config.LocalFile : config.MainFile);
                string address = run.Required(url);
                if (!address.Contains("://", StringComparison.Ordinal) && !Path.IsPathRooted(address)) address = Path.GetRelativePath(Path.GetDirectoryName(file.Path)!, Path.GetFullPath(address, terminal.WorkingFolder)).Replace('\\', '/');
                file.Set(ConfigFile.RemoteSection(run.Required(name)), "url", address);
                if (run.Value(isDefault)) file.Set("core", "remote", run.Required(name));
                Save(run, file);
            });
    }

    private static Command List(Terminal terminal) => new Command("list", "List the remotes")
        .WithExamples("vigie remote list", "vigie remote list --json")
        .Does(terminal, run =>
        {
            PipelineConfig config = PipelineConfig.Find(terminal.WorkingFolder);
            run.Print(
                new { remotes = config.Remotes.Values.Select(remote => new { name = remote.Name, url = remote.Url, @default = remote.Name == config.DefaultRemote, settings = remote.Settings.Keys.Where(key => key != "url") }) },
                console => console.PrintTable(["remote", "address", ""], [.. config.Remotes.Values.Select(remote => new[] { remote.Name, remote.Url, remote.Name == config.DefaultRemote ? "default" : "" })]));
        });

    private static Command Default(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "A remote" };
        return new Command("default", "Say which remote is meant where none is named") { name }
            .WithExamples("vigie remote default storage")
            .Does(terminal, run =>
            {
                PipelineConfig config = PipelineConfig.Find(terminal.WorkingFolder);
                Known(config, run.Required(name));
                var file = new ConfigFile(config.MainFile);
                file.Set("core", "remote", run.Required(name));
                Save(run, file);
            });
    }

    private static Command Modify(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "A remote" };
        var setting = new Argument<string>("SETTING") { Description = "url, endpointurl, region, access_key_id, secret_access_key, session_token, user, password" };
        var value = new Argument<string?>("VALUE") { Description = "Its value; without one the setting is removed", Arity = ArgumentArity.ZeroOrOne };
        var local = new Option<bool>("--local") { Description = "Only on this machine: .dvc/config.local, which git does not have. Secrets go nowhere else" };
        return new Command("modify", "Change a setting of a remote") { name, setting, value, local }
            .WithExamples("vigie remote modify s3 endpointurl https://storage.example.org:9000", "vigie remote modify s3 secret_access_key SECRET --local")
            .Does(terminal, run =>
            {
                PipelineConfig config = PipelineConfig.Find(terminal.WorkingFolder);
                Known(config, run.Required(name));
                if (Secrets.Contains(run.Required(setting)) && !run.Value(local) && run.Value(value) is not null) throw new InvalidInputException($"{run.Required(setting)} is a secret, which git would have for ever: say --local");
                var file = new ConfigFile(run.Value(local) ? config.LocalFile : config.MainFile);
                file.Set(ConfigFile.RemoteSection(run.Required(name)), run.Required(setting), run.Value(value));
                Save(run, file);
            });
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "A remote" };
        return new Command("remove", "Forget a remote; what it holds stays") { name }
            .WithExamples("vigie remote remove storage")
            .Does(terminal, run =>
            {
                PipelineConfig config = PipelineConfig.Find(terminal.WorkingFolder);
                Known(config, run.Required(name));
                foreach (string path in (string[])[config.MainFile, config.LocalFile])
                {
                    var file = new ConfigFile(path);
                    file.Remove(ConfigFile.RemoteSection(run.Required(name)));
                    if (file["core", "remote"] == run.Required(name)) file.Set("core", "remote", null);
                    if (File.Exists(path)) file.Save();
                }
            });
    }

    private static void Known(PipelineConfig config, string name)
    {
        if (config.Remotes.ContainsKey(name)) return;
        string advice = Spelling.Nearest(name, config.Remotes.Keys) is { } near ? $"; did you mean '{near}'?" : config.Remotes.Count == 0 ? "; there are none" : $"; there are {string.Join(", ", config.Remotes.Keys)}";
        throw new InvalidInputException($"there is no remote '{name}'{advice}");
    }

    private static void Save(VerbRun run, ConfigFile file)
    {
        file.Save();
        if (!OperatingSystem.IsWindows() && file.Path.EndsWith(".local", StringComparison.Ordinal)) File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // secrets may stand there
        _ = PipelineConfig.Find(run.Terminal.WorkingFolder); // refuses what cannot be read back
    }
}
