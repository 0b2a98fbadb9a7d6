using Vigie.Models;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of forests, named as scikit-learn, XGBoost and LightGBM name it.</summary>
internal static class ForestParameters
{
    private const string Trees = "trees", Rounds = "rounds of boosting", Depth = "longest way from root to leaf", Rate = "how much of each tree's answer is taken, up to 1",
        Columns = "share of the features that a tree may use", Rows = "share of the rows that a tree learns from", Hessian = "least sum of second derivatives in a leaf",
        Penalty = "penalty on the squares of leaf values", Patience = "stop after so many rounds without a lower validation loss, none for never", Jobs = "threads, none for all processors";

    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Model<RandomForest, int>("n_estimators", Trees, model => model.TreeCount, (model, value) => model with { TreeCount = value }, Whole),
        Model<RandomForest, int?>("max_depth", Depth + ", none for any", model => model.MaxDepth, (model, value) => model with { MaxDepth = value }, WholeOrNone),
        Model<RandomForest, int?>("max_split_features", "features to choose each split from, none for 1 + log2 of those that tell the rows apart", model => model.MaxFeatures, (model, value) => model with { MaxFeatures = value }, WholeOrNone),
        Model<RandomForest, int>("min_samples_leaf", "fewest rows in a leaf", model => model.MinSamplesLeaf, (model, value) => model with { MinSamplesLeaf = value }, Whole),
        Model<RandomForest, bool>("bootstrap", "draw each tree's rows with replacement: true, false", model => model.Bootstrap, (model, value) => model with { Bootstrap = value }, bool.TryParse),
        Model<RandomForest, int>("max_bin", "values of a feature told apart, 1 to 255; 1 asks whether it is there", model => model.MaxBin, (model, value) => model with { MaxBin = value }, Whole),
        Model<RandomForest, int?>("n_jobs", Jobs, model => model.Threads, (model, value) => model with { Threads = value }, WholeOrNone),
        Model<Xgboost, int>("n_estimators", Rounds, model => model.Rounds, (model, value) => model with { Rounds = value }, Whole),
        Model<Xgboost, int>("max_depth", Depth, model => model.MaxDepth, (model, value) => model with { MaxDepth = value }, Whole),
        Model<Xgboost, double>("learning_rate", Rate, model => model.LearningRate, (model, value) => model with { LearningRate = value }, Real),
        Model<Xgboost, double>("min_child_weight", Hessian, model => model.MinChildWeight, (model, value) => model with { MinChildWeight = value }, Real),
        Model<Xgboost, double>("colsample_bytree", Columns, model => model.ColsampleByTree, (model, value) => model with { ColsampleByTree = value }, Real),
        Model<Xgboost, double>("subsample", Rows, model => model.Subsample, (model, value) => model with { Subsample = value }, Real),
        Model<Xgboost, double>("reg_lambda", Penalty, model => model.Lambda, (model, value) => model with { Lambda = value }, Real),
        Model<Xgboost, XgboostTreeMethod>("tree_method", "hist, exact", model => model.TreeMethod, (model, value) => model with { TreeMethod = value }, Named),
        Model<Xgboost, int>("max_bin", "most bins of a feature, from 2", model => model.MaxBin, (model, value) => model with { MaxBin = value }, Whole, model => model.TreeMethod == XgboostTreeMethod.Hist),
        Model<Xgboost, int?>("early_stopping_rounds", Patience, model => model.EarlyStoppingRounds, (model, value) => model with { EarlyStoppingRounds = value }, WholeOrNone),
        Model<Xgboost, int?>("n_jobs", Jobs, model => model.Threads, (model, value) => model with { Threads = value }, WholeOrNone),
        Model<LightGbm, int>("n_estimators", Rounds, model => model.Rounds, (model, value) => model with { Rounds = value }, Whole),
        Model<LightGbm, int>("num_leaves", "most leaves of a tree", model => model.LeafCount, (model, value) => model with { LeafCount = value }, Whole),
        Model<LightGbm, int?>("max_depth", Depth + ", none for any", model => model.MaxDepth, (model, value) => model with { MaxDepth = value }, WholeOrNone),
        Model<LightGbm, double>("learning_rate", Rate, model => model.LearningRate, (model, value) => model with { LearningRate = value }, Real),
        Model<LightGbm, int>("min_child_samples", "fewest rows in a leaf", model => model.MinChildSamples, (model, value) => model with { MinChildSamples = value }, Whole),
        Model<LightGbm, double>("min_child_weight", Hessian, model => model.MinChildWeight, (model, value) => model with { MinChildWeight = value }, Real),
        Model<LightGbm, double>("colsample_bytree", Columns, model => model.ColsampleByTree, (model, value) => model with { ColsampleByTree = value }, Real),
        Model<LightGbm, double>("subsample", Rows, model => model.Subsample, (model, value) => model with { Subsample = value }, Real),
        Model<LightGbm, double>("reg_lambda", Penalty, model => model.Lambda, (model, value) => model with { Lambda = value }, Real),
        Model<LightGbm, int>("max_bin", "most bins of a feature, from 2", model => model.MaxBin, (model, value) => model with { MaxBin = value }, Whole),
        Model<LightGbm, int?>("early_stopping_rounds", Patience, model => model.EarlyStoppingRounds, (model, value) => model with { EarlyStoppingRounds = value }, WholeOrNone),
        Model<LightGbm, int?>("n_jobs", Jobs, model => model.Threads, (model, value) => model with { Threads = value }, WholeOrNone),
    ];

    private static RecipeParameter Model<TModel, T>(string name, string help, Func<TModel, T> read, Func<TModel, T, TModel> write, Parser<T> parser, Func<TModel, bool>? matters = null)
        where TModel : class, IForestEstimator => RecipeParameter.Of<ForestLearner, T>(
            name, help, learner => read((TModel)learner.Estimator), (learner, value) => learner with { Estimator = write((TModel)learner.Estimator, value) }, parser,
            learner => learner.Estimator is TModel model && matters?.Invoke(model) != false);
}
