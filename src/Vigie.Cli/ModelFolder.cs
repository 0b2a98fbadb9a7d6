using System.CommandLine;
using Vigie.Bundles;
using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>MODEL on the command line: the folder of a trained model, or a version of a registered one.</summary>
internal static class ModelFolder
{
    public static Option<string> Option(string name = "--model", string description = "A trained model: its folder, models:/NAME@ALIAS or models:/NAME/VERSION", bool required = true) =>
        new(name) { Description = description, HelpName = "MODEL", Required = required };

    /// <summary>Loads and verifies the model.</summary>
    /// <exception cref="InvalidInputException">There is no such folder or version, it is no model, or it was changed after it was saved.</exception>
    public static async Task<Bundle> LoadAsync(VerbRun run, string model)
    {
        if (!ModelAddress.Is(model)) return Bundle.Load(PathOf(run, model), run.Stop);
        var reference = ModelAddress.Parse(model);
        await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
        string folder;
        try
        {
            ModelVersion version = await place.Models.FindAsync(reference, run.Stop);
            folder = await place.Models.FolderOfAsync(version, new TrustedKeys(run.StateFolder), run.Stop);
        }
        catch (MlflowException missing) when (missing.Code is ErrorCode.ResourceDoesNotExist or ErrorCode.InvalidParameterValue)
        {
            throw new InvalidInputException($"{Terminal.Printable(model)}: {missing.Message} (looked up in {place.Address}; 'vigie models list' shows what there is)", missing);
        }

        return Bundle.Load(folder, run.Stop);
    }

    /// <summary>MODEL for a server, which loads it itself: a folder as the caller meant it, or an address as it stands.</summary>
    public static string AddressOf(VerbRun run, string model) => ModelAddress.Is(model) ? model : PathOf(run, model);

    /// <summary>A path as the caller meant it.</summary>
    public static string PathOf(VerbRun run, string path)
    {
        if (path.Length == 0 || path.Contains('\0')) throw new InvalidInputException($"'{Terminal.Printable(path)}' is no path");
        return Path.IsPathRooted(path) || run.Terminal.WorkingFolder == Environment.CurrentDirectory ? path : Path.Combine(run.Terminal.WorkingFolder, path);
    }
}
