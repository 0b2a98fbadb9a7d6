using Vigie.Models;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of fastText's classifier, by fastText's own names.</summary>
internal static class FastTextParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Input("word_ngrams", "longest n-gram of words, 1 to 8", input => input.WordNgrams, (input, value) => input with { WordNgrams = value }),
        Input("minn", "shortest n-gram of characters inside words, 0 for none", input => input.MinN, (input, value) => input with { MinN = value }),
        Input("maxn", "longest n-gram of characters inside words, 0 for none", input => input.MaxN, (input, value) => input with { MaxN = value }),
        Input("bucket", "places that n-grams are hashed to, 1024 to 1073741824", input => input.Bucket, (input, value) => input with { Bucket = value }),
        Trainer("min_count", "fewest times an n-gram must occur", trainer => trainer.MinCount, (trainer, value) => trainer with { MinCount = value }, Whole),
        Trainer("dim", "length of the embeddings, from the number of classes less one", trainer => trainer.Dim, (trainer, value) => trainer with { Dim = value }, Whole),
        Trainer("lr", "step length at the start", trainer => trainer.Lr, (trainer, value) => trainer with { Lr = value }, Real),
        Trainer("epoch", "passes over the texts", trainer => trainer.Epoch, (trainer, value) => trainer with { Epoch = value }, Whole),
        Trainer("thread", "processors that read the texts, 0 for all; the model does not depend on it", trainer => trainer.Thread, (trainer, value) => trainer with { Thread = value }, Whole),
    ];

    private static RecipeParameter Trainer<T>(string name, string help, Func<FastTextTrainer, T> read, Func<FastTextTrainer, T, FastTextTrainer> write, Parser<T> parser) =>
        RecipeParameter.Of<FastTextLearner, T>(name, help, learner => read(learner.Trainer), (learner, value) => learner with { Trainer = write(learner.Trainer, value) }, parser);

    private static RecipeParameter Input(string name, string help, Func<FastTextInput, int> read, Func<FastTextInput, int, FastTextInput> write) =>
        Trainer(name, help, trainer => read(trainer.Input), (trainer, value) => trainer with { Input = write(trainer.Input, value) }, Whole);
}
