using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>How one kind of model stands in a bundle: its own files beside those that every bundle has.</summary>
internal abstract class ModelFormat
{
    private static readonly ModelFormat[] All =
    [
        new LinearFormat(),
        new FastTextFormat(),
        new ForestFormat(),
        new NetworkFormat(),
        new EnsembleFormat(),
    ];

    /// <summary>The kind, as <see cref="ModelFile"/> and MLmodel name it.</summary>
    public abstract string Classifier { get; }

    /// <summary>What people call such a model, with its article.</summary>
    public abstract string Noun { get; }

    /// <summary>Files that every model of the kind has.</summary>
    public abstract IReadOnlyList<string> Required { get; }

    /// <summary>Files that some of them have.</summary>
    public virtual IReadOnlyList<string> Optional => [];

    /// <summary>Those of its files that may be as long as an array.</summary>
    public abstract IReadOnlyList<string> Large { get; }

    /// <summary>Further flavors of the folder for MLflow's tools, as lines of YAML indented by two; empty for none.</summary>
    public virtual string Flavors => "";

    /// <summary>The files that any bundle may have for its model.</summary>
    public static IEnumerable<string> AllFiles => All.SelectMany(format => format.Required.Concat(format.Optional)).Distinct();

    /// <summary>The files that may be as long as an array.</summary>
    public static IEnumerable<string> AllLarge => All.SelectMany(format => format.Large).Distinct();

    /// <summary>The format of a model.</summary>
    public static ModelFormat Of(TextModel model) =>
        Array.Find(All, format => format.Fits(model)) ?? throw new InvalidInputException($"a {model.GetType().Name} cannot be saved: no bundle format knows it");

    /// <summary>The format of that name.</summary>
    /// <exception cref="InvalidInputException">This version has none.</exception>
    public static ModelFormat Find(string classifier) => Array.Find(All, format => format.Classifier == classifier)
        ?? throw new InvalidInputException($"the classifier is {classifier}, this version reads {string.Join(", ", All.Select(format => format.Classifier))}");

    /// <summary>Refuses a bundle that lacks a file of its model, or has one of another kind of model.</summary>
    /// <exception cref="InvalidInputException">The message names the files.</exception>
    public void CheckFiles(VerifiedFiles files)
    {
        if (Required.Where(name => files[name] is null).ToArray() is { Length: > 0 } missing) throw new InvalidInputException($"a {Classifier} model needs {string.Join(", ", missing)}");
        if (AllFiles.Except(Required).Except(Optional).Where(name => files[name] is not null).ToArray() is { Length: > 0 } foreign)
            throw new InvalidInputException($"{string.Join(", ", foreign)} is no file of a {Classifier} model");
    }

    /// <summary>Whether the model is of this kind.</summary>
    public abstract bool Fits(TextModel model);

    /// <summary>Writes the model's own files.</summary>
    /// <exception cref="InvalidInputException">The model has numbers that are not finite.</exception>
    public abstract void Write(BundleWriter to, TextModel model);

    /// <summary>Reads the model from its files.</summary>
    /// <exception cref="BundleException">A file is malformed or does not fit the others.</exception>
    public abstract TextModel Read(VerifiedFiles files, ModelFile file);

    /// <summary>What the model's way of reading makes of <see cref="Bundles.TextProbe.Texts"/>.</summary>
    public abstract string TextProbe(TextModel model);

    /// <summary>How the model decides: lines of the model card, without their bullets.</summary>
    public abstract IEnumerable<string> Describe(TextModel model);
}
