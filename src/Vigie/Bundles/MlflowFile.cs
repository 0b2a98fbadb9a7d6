using System.Security.Cryptography;
using System.Text;

namespace Vigie.Bundles;

/// <summary><c>MLmodel</c>: what tells MLflow's tools that the folder is a model. It names no code to run, and it holds no time, so that one seed gives one file.</summary>
internal static class MlflowFile
{
    public const string Name = "MLmodel";

    /// <summary>Writes the file; the model's identity is drawn from the contents of all others.</summary>
    public static string Of(ModelFormat format, ManifestFile others)
    {
        string contents = string.Concat(others.Files.Select(entry => $"{entry.Path} {entry.Sha256}\n"));
        string uuid = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents)))[..32];
        return $$"""
            flavors:
              vigie:
                classifier: {{format.Classifier}}
                data: .
                format_version: {{ManifestFile.Version}}
            {{format.Flavors}}model_uuid: {{uuid}}
            signature:
              inputs: '[{"type": "string", "name": "text", "required": true}]'
              outputs: '[{"type": "string", "name": "label", "required": true}, {"type": "double", "name": "probability_positive", "required": true}]'
              params: null

            """.ReplaceLineEndings("\n");
    }
}
