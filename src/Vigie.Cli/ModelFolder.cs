using System.CommandLine;
using Vigie.Bundles;

namespace Vigie.Cli;

/// <summary>MODEL on the command line: the folder of a trained model.</summary>
internal static class ModelFolder
{
    public static Option<string> Option(string name = "--model", string description = "The folder of a trained model", bool required = true) =>
        new(name) { Description = description, HelpName = "MODEL", Required = required };

    /// <summary>Loads and verifies the model.</summary>
    /// <exception cref="InvalidInputException">There is no such folder, it is no model, or it was changed after it was saved.</exception>
    public static Bundle Load(VerbRun run, string model)
    {
        if (model.StartsWith("models:/", StringComparison.Ordinal))
            throw new InvalidInputException($"{Terminal.Printable(model)}: this version has no model registry to look it up in; give the folder that train wrote");
        return Bundle.Load(PathOf(run, model), run.Stop);
    }

    /// <summary>A path as the caller meant it.</summary>
    public static string PathOf(VerbRun run, string path)
    {
        if (path.Length == 0 || path.Contains('\0')) throw new InvalidInputException($"'{Terminal.Printable(path)}' is no path");
        return Path.IsPathRooted(path) || run.Terminal.WorkingFolder == Environment.CurrentDirectory ? path : Path.Combine(run.Terminal.WorkingFolder, path);
    }
}
