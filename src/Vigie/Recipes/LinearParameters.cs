using Vigie.Models;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of linear models.</summary>
internal static class LinearParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Model<LogisticRegression, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<LogisticRegression, Penalty>("penalty", "l2, l1", model => model.Penalty, (model, value) => model with { Penalty = value }, Named),
        Model<LogisticRegression, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<LogisticRegression, int>("max_iterations", "most iterations", model => model.MaxIterations, (model, value) => model with { MaxIterations = value }, Whole),
        Model<LinearSvc, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<LinearSvc, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<LinearSvc, int>("max_iterations", "most iterations", model => model.MaxIterations, (model, value) => model with { MaxIterations = value }, Whole),
        Model<NaiveBayes, NaiveBayesKind>("kind", "multinomial, complement, bernoulli (set binary=true weighting=count l2=false with it)", model => model.Kind, (model, value) => model with { Kind = value }, Named),
        Model<NaiveBayes, double>("alpha", "added to every count", model => model.Alpha, (model, value) => model with { Alpha = value }, Real),
        Model<DualLogisticRegression, double>("C", "inverse strength of the penalty", model => model.C, (model, value) => model with { C = value }, Real),
        Model<DualLogisticRegression, ClassWeight>("class_weight", "none, balanced", model => model.ClassWeight, (model, value) => model with { ClassWeight = value }, Named),
        Model<DualLogisticRegression, int>("epochs", "passes over the texts", model => model.Epochs, (model, value) => model with { Epochs = value }, Whole),
        RecipeParameter.Of<StreamLearner, double>(
            "learning_rate", "step length before it falls", learner => learner.Online.LearningRate, (learner, value) => learner with { Online = learner.Online with { LearningRate = value } }, Real),
    ];

    private static RecipeParameter Model<TModel, T>(string name, string help, Func<TModel, T> read, Func<TModel, T, TModel> write, Parser<T> parser)
        where TModel : class, ILinearEstimator => RecipeParameter.Of<LinearLearner, T>(
            name, help, learner => read((TModel)learner.Estimator), (learner, value) => learner with { Estimator = write((TModel)learner.Estimator, value) }, parser,
            learner => learner.Estimator is TModel);
}
