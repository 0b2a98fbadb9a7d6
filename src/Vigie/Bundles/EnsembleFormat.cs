using System.Globalization;
using System.Text.Json;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>Several classifiers and what combines them: each member is a whole bundle under <c>members/</c>, fit to be copied out.</summary>
internal sealed class EnsembleFormat : ModelFormat
{
    public override string Classifier => "ensemble";

    public override string Noun => "Several models together";

    public override IReadOnlyList<string> Required { get; } = [EnsembleFile.Name];

    public override IReadOnlyList<string> Large => [];

    public override bool Fits(TextModel model) => model is EnsembleModel;

    public override void Write(BundleWriter to, TextModel model)
    {
        var ensemble = (EnsembleModel)model;
        to.Json(EnsembleFile.Name, new EnsembleFile([.. ensemble.Members.Select(member => new EnsembleFile.Member(member.Name, member.Recipe, member.Digest))], ensemble.Combiner), BundleJson.Default.EnsembleFile);
        for (int m = 0; m < ensemble.Members.Count; m++) to.Inner(ManifestFile.MemberFolder(m), ensemble.Members[m].Classifier, InfoOf(ensemble.Members[m]));
    }

    public override TextModel Read(VerifiedFiles files, ModelFile file)
    {
        EnsembleFile ensemble = files.Parse(EnsembleFile.Name, BundleJson.Default.EnsembleFile);
        EnsembleMember[] members = files.At(EnsembleFile.Name, () =>
        {
            if (ensemble.Members.Contains(null!) || ensemble.Combiner is null) throw new JsonException("null where an object should stand");
            return ensemble.Members.Select((member, m) => new EnsembleMember(member.Name, member.Recipe, member.Digest, Bundle.Read(files.Under(ManifestFile.MemberFolder(m))).Classifier)).ToArray();
        });
        return files.At(EnsembleFile.Name, () => new EnsembleModel(members, ensemble.Combiner));
    }

    // Each member checks its own text when it is read.
    public override string TextProbe(TextModel model) => "";

    public override IEnumerable<string> Describe(TextModel model)
    {
        var ensemble = (EnsembleModel)model;
        yield return ensemble.Combiner is SoftVote vote
            ? $"The mean of its members' probabilities, weighed {string.Join(" : ", vote.Weights.Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}."
            : "A logistic regression over its members' log-odds, learnt on validation rows.";
        for (int m = 0; m < ensemble.Members.Count; m++)
            yield return $"`{ManifestFile.MemberFolder(m)}`: {ensemble.Members[m].Recipe}{(ensemble.Members[m].Digest.Length > 0 ? $", {ensemble.Members[m].Name}, taken from the bundle {ensemble.Members[m].Digest}" : "")}."; // one trained as a part has no bundle of its own
    }

    private static BundleInfo InfoOf(EnsembleMember member) => new() { Name = member.Name, Recipe = member.Recipe, Seed = 0, Data = new TrainingData("", "", []) };
}

/// <summary><c>ensemble.json</c>.</summary>
internal sealed record EnsembleFile(IReadOnlyList<EnsembleFile.Member> Members, Combiner Combiner)
{
    public const string Name = "ensemble.json";

    internal sealed record Member(string Name, string Recipe, string Digest);
}
