using Vigie;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tweets;

// From a tweet file to a model that explains itself, in the library's own terms:
//   dotnet run --project samples/TrainAndExplain -- tweets.csv "lost my bag again"
if (args is not [string file, string text])
{
    Console.Error.WriteLine("usage: TrainAndExplain FILE TEXT");
    return 2;
}

try
{
    // Read: any form that Vigie knows. Rows get their side from the file's split column, or else from a hash of their text.
    LabelledTweets tweets = LabelledTweets.Read(file);
    Console.WriteLine($"{tweets.All.Count} tweets, {tweets.All.CountOf(Sentiment.Positive)} of them positive");

    // Train and evaluate: a recipe is a value, and `with` makes another of it.
    Recipe recipe = RecipeParameter.Set(RecipeCatalog.Find("tfidf-lr"), "word_max", "2") with { WantedPrecision = 0.8 };
    TrainingResult trained = new TrainingRun(recipe) { Seed = 1 }.Run(file, tweets);
    if (trained.Test is { } test)
        Console.WriteLine($"test rows: accuracy {test.Accuracy:0.000}, macro F1 {test.F1Macro:0.000}; threshold {trained.Classifier.Threshold:0.000}");

    // Save and load: what comes back is the same model to the last bit, or an exception.
    string folder = Path.Combine(Path.GetTempPath(), "vigie-sample-model");
    Bundle.Save(folder, trained);
    TextClassifier classifier = Bundle.Load(folder).Classifier;

    // Explain: the words and the intercept add up to the score.
    Explanation explanation = classifier.Explain(text);
    Console.WriteLine($"{ClassColumns.NameOf(explanation.Prediction.Label)}, probability of positive {explanation.Prediction.ProbabilityPositive:0.000}");
    foreach (WordContribution word in explanation.Words) Console.WriteLine($"{word.Contribution,8:+0.000;-0.000}  {word.Text}");
    Console.WriteLine($"{explanation.Intercept,8:+0.000;-0.000}  (any text)");
    return 0;
}
catch (InvalidInputException refusal)
{
    Console.Error.WriteLine(refusal.Message); // says what to change
    return 2;
}
