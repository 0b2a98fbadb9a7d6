using System.CommandLine;
using Vigie.Bundles;
using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie models verify</c>: whether a registered version still is what was signed.</summary>
internal static class ModelsVerifyVerb
{
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "models:/NAME@ALIAS or models:/NAME/VERSION" };
        return new Command("verify", "Check a version's signature and the SHA-256 of every file; exit code 2 and the files that differ where it does not hold") { model }
            .WithExamples("vigie models verify models:/sentiment@champion", "vigie models verify models:/sentiment/3 --json")
            .Does(terminal, async run =>
            {
                var reference = ModelAddress.Parse(run.Required(model));
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                ModelVersion version = await place.Models.FindAsync(reference, run.Stop);
                var keys = new TrustedKeys(run.StateFolder);
                string folder = await place.Models.FolderOfAsync(version, keys, run.Stop);
                ModelManifest manifest = await keys.VerifyAsync(folder, version, run.Stop);
                string digest = Bundle.Verify(folder, run.Stop);
                run.Print(
                    new { version.Name, version.Version, manifest.KeyId, manifest.SignedAt, Files = manifest.Files.Count, Digest = digest },
                    _ => terminal.Out.WriteLine($"{Terminal.Printable(version.Name)} version {version.Version}: {manifest.Files.Count} files are as signed on {manifest.SignedAt} with key {manifest.KeyId}"));
            });
    }
}
