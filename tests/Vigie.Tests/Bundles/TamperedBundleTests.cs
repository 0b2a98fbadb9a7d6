using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Vigie.Bundles;
using Vigie.Models;
using Vigie.Tests.Models;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Bundles;

/// <summary>A folder that is not what was saved is refused with the name of the file, whoever changed it and how.</summary>
public sealed class TamperedBundleTests : IDisposable
{
    private static readonly Lazy<TextClassifier> Model = new(() => TinyModels.Fit("linear-best", 2));
    private static readonly Lazy<TextClassifier> Lemmas = new(() => TinyModels.Fit("tfidf-lr form=lemma", 2));

    private readonly TempFolder temp = new();

    public TamperedBundleTests() => Bundle.Save(temp["m"], Model.Value, TinyModels.Info(), plots: folder => File.WriteAllText(Path.Combine(folder, "roc.svg"), "<svg/>"));

    public static TheoryData<string> Files => ["MLmodel", "README.md", "metrics.json", "model.json", "vectorizer.json", "vocabulary.txt", "weights.safetensors", "plots/roc.svg"];

    public void Dispose() => temp.Dispose();

    [Theory, MemberData(nameof(Files))]
    public void A_changed_byte_is_found(string name)
    {
        byte[] bytes = File.ReadAllBytes(At(name));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(At(name), bytes);
        Refused(name, "SHA-256");
    }

    [Theory, MemberData(nameof(Files))]
    public void A_shorter_file_is_found(string name)
    {
        File.WriteAllBytes(At(name), File.ReadAllBytes(At(name))[..^1]);
        Refused(name, "bytes where the manifest says");
    }

    [Theory, MemberData(nameof(Files))]
    public void A_missing_file_is_found(string name)
    {
        File.Delete(At(name));
        Refused(name, "missing");
    }

    [Theory, MemberData(nameof(Files))]
    public void A_link_is_refused_even_to_the_same_bytes(string name)
    {
        File.Move(At(name), temp["elsewhere"]);
        File.CreateSymbolicLink(At(name), temp["elsewhere"]);
        Refused(name, "link");
    }

    [Theory]
    [InlineData("model.pkl", "is not in the manifest")]
    [InlineData(".hidden", "is not in the manifest")]
    [InlineData("plots/more.svg", "is not in the manifest")]
    public void A_file_too_many_is_found(string name, string complaint)
    {
        File.WriteAllText(At(name), "x");
        Refused(name, complaint);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("plots/deeper")]
    public void A_folder_too_many_is_found(string name)
    {
        Directory.CreateDirectory(At(name));
        Refused(name, "folder");
    }

    [Theory]
    [InlineData("../m/model.json")]
    [InlineData("/etc/passwd")]
    [InlineData("plots/../model.json")]
    [InlineData("plots\\\\x")]
    [InlineData("PLOTS/x")]
    [InlineData("model.json\\u0000")]
    [InlineData("")]
    [InlineData("model.onnx")]
    public void A_manifest_may_name_files_of_a_bundle_only(string path)
    {
        ChangeManifest(text => text.Replace("\"path\": \"plots/roc.svg\"", $"\"path\": \"{path}\"", StringComparison.Ordinal));
        Refused("manifest.json", "");
    }

    [Theory]
    [InlineData("\"format\": \"vigie-bundle\"", "\"format\": \"pickle\"")]
    [InlineData("\"format_version\": 1", "\"format_version\": 2")]
    [InlineData("\"format_version\": 1", "\"format_version\": 1, \"loader\": \"x\"")]
    [InlineData("\"format_version\": 1", "\"format_version\": 1, \"format_version\": 1")]
    [InlineData("\"format_version\": 1,", "")]
    [InlineData("\"files\": [", "\"files\": [ null,")]
    [InlineData("\"bytes\": ", "\"bytes\": -")]
    [InlineData("\"bytes\": ", "\"bytes\": 99999999999")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"A")]
    [InlineData("{", "[")]
    [InlineData("MLmodel", "README.md")]
    public void A_manifest_is_read_strictly(string from, string to)
    {
        ChangeManifest(text => text.Replace(from, to, StringComparison.Ordinal));
        Refused("manifest.json", "");
    }

    [Fact]
    public void An_empty_or_endless_manifest_is_refused()
    {
        File.WriteAllText(At("manifest.json"), "");
        Refused("manifest.json", "0 bytes");
        File.WriteAllBytes(At("manifest.json"), new byte[2 << 20]);
        Refused("manifest.json", "bytes");
    }

    [Theory]
    [InlineData("/nowhere/at/all", "no such folder")]
    [InlineData("", "")]
    public void What_is_no_folder_is_no_bundle(string folder, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<BundleException>(() => Bundle.Load(folder == "" ? Directory.CreateDirectory(temp["empty"]).FullName : folder)).Message, StringComparison.Ordinal);

    // From here on the manifest agrees with the files: someone wrote a bundle by other means.
    [Theory]
    [InlineData("model.json", "\"threshold\": 0.5", "\"threshold\": 1.5", "threshold 1.5")]
    [InlineData("model.json", "\"classifier\": \"linear\"", "\"classifier\": \"pickle\"", "pickle")]
    [InlineData("model.json", "\"link\": \"one_versus_rest\"", "\"link\": \"relu\"", "link")]
    [InlineData("model.json", "\"link\": \"one_versus_rest\"", "\"link\": 7", "link")]
    [InlineData("model.json", "\"kind\": \"identity\"", "\"kind\": \"System.IO.FileInfo\"", "discriminator")]
    [InlineData("model.json", "\"kind\": \"identity\"", "\"kind\": \"temperature\", \"temperature\": 0", "temperature 0")]
    [InlineData("model.json", "\"kind\": \"identity\"", "\"kind\": \"platt\", \"slope\": 1e999, \"intercept\": 0", "slope")]
    [InlineData("model.json", "\"calibrations\": [", "\"calibrations\": [ null,", "null")]
    [InlineData("model.json", "\"negative\",", "\"positive\",", "classes")]
    [InlineData("model.json", "\"seed\": 7", "\"seed\": 7, \"hook\": 1", "hook")]
    [InlineData("model.json", "\"seed\": 7,", "", "seed")]
    [InlineData("model.json", "0.5,", "0.9,", "prior")]
    [InlineData("model.json", "\"negative\": 210", "\"negative\": -1", "-1 rows of class negative in train")]
    [InlineData("model.json", "\"text_probe\": \"", "\"text_probe\": \"0", "other features")]
    [InlineData("vectorizer.json", "\"word_max\": 3", "\"word_max\": 300", "300")]
    [InlineData("vectorizer.json", "\"word_max\": 3", "\"word_max\": 2", "other features")]
    [InlineData("vectorizer.json", "\"hash_bits\": null", "\"hash_bits\": 12", "")]
    [InlineData("vectorizer.json", "\"weighting\": \"naive_bayes\"", "\"weighting\": \"count\"", "tensors")]
    [InlineData("vectorizer.json", "\"text\": {", "\"text\": null, \"texts\": {", "")]
    [InlineData("metrics.json", "\"test\": null", "\"test\": {}", "")]
    [InlineData("metrics.json", "{", "{{", "")]
    public void A_bundle_that_was_put_together_wrongly_is_refused(string name, string from, string to, string complaint)
    {
        string text = File.ReadAllText(At(name));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(At(name), text.Replace(from, to, StringComparison.Ordinal));
        Sign(temp["m"]);
        Refused(name == "vectorizer.json" && complaint == "tensors" ? "weights.safetensors" : "m", complaint);
    }

    [Fact]
    public void Vocabulary_and_weights_must_be_of_one_length()
    {
        File.AppendAllText(At("vocabulary.txt"), "one more\n");
        Sign(temp["m"]);
        Refused("m", "names");
    }

    [Fact]
    public void More_rows_than_an_int_holds_are_counted()
    {
        string text = File.ReadAllText(At("model.json"));
        File.WriteAllText(At("model.json"), text.Replace("\"negative\": 210", "\"negative\": 2147483647", StringComparison.Ordinal));
        Sign(temp["m"]);
        Assert.Equal(2147483647L + 190, Assert.Single(Bundle.Load(temp["m"]).Info.Data.Splits).Rows);
    }

    [Fact]
    public void An_edited_word_list_is_named()
    {
        Bundle.Save(temp["l"], Lemmas.Value, TinyModels.Info());
        string path = Path.Combine(temp["l"], "model.json"), text = File.ReadAllText(path);
        int digest = text.IndexOf("\"english-verbs\": \"", StringComparison.Ordinal) + 18;
        File.WriteAllText(path, text[..digest] + (text[digest] == '0' ? '1' : '0') + text[(digest + 1)..]);
        Sign(temp["l"]);

        string message = Assert.Throws<BundleException>(() => Bundle.Load(temp["l"])).Message;

        Assert.Contains("word list english-verbs", message, StringComparison.Ordinal);
        Assert.Contains("train it again", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_of_a_signed_file_nothing_else_goes_wrong()
    {
        string[] names = ["model.json", "vectorizer.json", "metrics.json", "vocabulary.txt", "weights.safetensors"];
        Dictionary<string, byte[]> good = names.ToDictionary(name => name, name => File.ReadAllBytes(At(name)));
        Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, 1 << 20], Gen.Byte).Sample((which, at, value) =>
        {
            string name = names[which];
            byte[] bad = [.. good[name]];
            // Headers are where harm is done: most of a weights file is numbers.
            bad[at % Math.Min(bad.Length, 2_000)] = value;
            File.WriteAllBytes(At(name), bad);
            Sign(temp["m"]);
            try
            {
                double[] probabilities = Bundle.Load(temp["m"]).Classifier.Predict("so rude, never again").Probabilities;
                Assert.Equal(1, probabilities.Sum(), 1e-9);
            }
            catch (BundleException refused)
            {
                Assert.Contains(temp["m"], refused.Message, StringComparison.Ordinal);
            }
            File.WriteAllBytes(At(name), good[name]);
        }, iter: 300, threads: 1);
    }

    private string At(string name) => Path.Combine(temp["m"], name);

    private void Refused(string name, string complaint)
    {
        // Loading twice: a refusal leaves nothing behind that a second try would take.
        foreach (Action act in Enumerable.Repeat<Action>(() => Bundle.Load(temp["m"]), 2))
        {
            string message = Assert.Throws<BundleException>(act).Message;
            Assert.Contains(name, message, StringComparison.Ordinal);
            Assert.Contains(complaint, message, StringComparison.Ordinal);
        }
    }

    private void ChangeManifest(Func<string, string> change)
    {
        string text = File.ReadAllText(At("manifest.json")), changed = change(text);
        Assert.NotEqual(text, changed);
        File.WriteAllText(At("manifest.json"), changed);
    }

    /// <summary>Makes the manifest agree with what stands in the folder.</summary>
    internal static void Sign(string folder)
    {
        string path = Path.Combine(folder, "manifest.json");
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (JsonNode? entry in manifest["files"]!.AsArray())
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(folder, (string)entry!["path"]!));
            entry["bytes"] = bytes.Length;
            entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        }
        File.WriteAllText(path, manifest.ToJsonString(), new UTF8Encoding(false));
    }
}
