using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Models;
using Vigie.Tweets;

namespace Vigie.Tests.Recipes;

public sealed class DistillationTests
{
    private static readonly Lazy<TextClassifier> Teacher = new(() => TinyModels.Fit("tfidf-lr", 2, Cancel));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Labels_are_drawn_by_the_teachers_probabilities()
    {
        const string text = "thank you so much worst flight ever gate B12";
        double probability = Teacher.Value.Predict(text).ProbabilityPositive;
        Assert.InRange(probability, 0.05, 0.95);

        TweetSet labelled = new Distillation(Teacher.Value).Label([.. Enumerable.Repeat(text, 20_000)], null, Cancel);

        Assert.Equal(probability, labelled.CountOf(Sentiment.Positive) / 20_000.0, 0.015);
    }

    [Fact]
    public void The_most_probable_class_can_be_taken_instead()
    {
        string[] texts = TinyModels.Tweets(2, 100, seed: 5).Texts;
        TweetSet labelled = new Distillation(Teacher.Value) { Labels = TeacherLabels.MostProbable }.Label(texts, null, Cancel);
        Assert.Equal(texts.Select(text => Teacher.Value.Predict(text).Label), labelled.Labels);
    }

    [Fact]
    public void The_same_seed_draws_the_same_labels()
    {
        string[] texts = TinyModels.Tweets(2, 300, seed: 5).Texts;
        Assert.Equal(Label(1), Label(1));
        Assert.NotEqual(Label(1), Label(2));
        Sentiment[] Label(int seed) => new Distillation(Teacher.Value) { Seed = seed }.Label(texts, null, Cancel).Labels;
    }

    [Fact]
    public void What_the_teacher_does_not_know_or_is_unsure_of_is_left_out()
    {
        string[] texts = ["ŽŽŽŽ ΩΩΩΩ", "thank you so much best crew ever", "the"];
        TweetSet sure = new Distillation(Teacher.Value) { LeastConfidence = 0.8 }.Label(texts, null, Cancel);
        Assert.Equal([texts[1]], sure.Texts);
        Assert.Contains("none of 1 texts", Assert.Throws<InvalidInputException>(() => new Distillation(Teacher.Value).Label([texts[0]], null, Cancel)).Message, StringComparison.Ordinal);
        Assert.Contains("least confidence 1", Assert.Throws<InvalidInputException>(() => new Distillation(Teacher.Value) { LeastConfidence = 1 }.Label(texts, null, Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_of_few_rows_gains_by_what_the_teacher_says_of_many()
    {
        TweetSet few = TinyModels.Tweets(2, 24, seed: 11), test = TinyModels.Tweets(2, 400, seed: 12);
        TweetSet said = new Distillation(Teacher.Value).Label(TinyModels.Tweets(2, 2000, seed: 13).Texts, null, Cancel);
        foreach (string student in new[] { "tfidf-lr", "linear-fast" })
        {
            Recipe recipe = RecipeCatalog.Find(student);
            double alone = Accuracy(new TextTrainer(recipe)), taught = Accuracy(new TextTrainer(recipe) { Besides = said });
            Assert.True(taught > alone + 0.02, $"{student}: {taught} taught, {alone} alone");
        }

        double Accuracy(TextTrainer trainer)
        {
            TextClassifier classifier = trainer.Train(few, TweetSet.Empty, TinyModels.Classes(2), null, Cancel).Classifier;
            return classifier.Predict(test.Texts, Cancel).Zip(test.Labels).Count(pair => pair.First.Label == pair.Second) / (double)test.Count;
        }
    }
}
