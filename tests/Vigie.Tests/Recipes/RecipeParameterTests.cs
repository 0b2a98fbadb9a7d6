using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Models;
using Vigie.Tweets;

namespace Vigie.Tests.Recipes;

public sealed class RecipeParameterTests
{
    [Theory]
    [InlineData("linear-fast", "min_df max_df max_features weighting sublinear_tf char_min char_boundary nb_alpha C", "hash_bits learning_rate char_max binary l2 urls")]
    [InlineData("tfidf-lr", "urls mentions numbers hashtags punctuation emoticons char_min char_boundary hash_bits char_scale learning_rate", "min_df sublinear_tf weighting char_max C tokens max_run")]
    [InlineData("nb-svm", "char_scale char_min sublinear_tf hash_bits", "nb_alpha nb_power emoticons min_df")]
    [InlineData("linear-best", "sublinear_tf hash_bits", "char_scale char_min char_boundary epochs word_min")]
    [InlineData("tfidf-rf", "C learning_rate reg_lambda num_leaves early_stopping_rounds", "n_estimators max_depth max_split_features min_samples_leaf bootstrap max_bin n_jobs max_features")]
    [InlineData("tfidf-xgboost", "C num_leaves bootstrap max_split_features", "n_estimators max_depth learning_rate min_child_weight colsample_bytree subsample reg_lambda tree_method max_bin early_stopping_rounds n_jobs")]
    [InlineData("tfidf-lightgbm", "C tree_method bootstrap", "n_estimators num_leaves max_depth learning_rate min_child_samples min_child_weight colsample_bytree subsample reg_lambda max_bin early_stopping_rounds n_jobs")]
    public void A_recipe_offers_and_records_what_has_an_effect_in_it(string recipe, string without, string with)
    {
        IReadOnlyDictionary<string, string> values = RecipeParameter.ValuesOf(RecipeCatalog.Find(recipe));

        Assert.Empty(without.Split(' ').Intersect(values.Keys));
        Assert.Empty(with.Split(' ').Except(values.Keys));
        Assert.Equal(values.Keys.Order(), RecipeParameter.Of(RecipeCatalog.Find(recipe)).Select(parameter => parameter.Name).Order());
    }

    [Theory]
    [InlineData("tfidf-lr", "char_min=2 char_max=3 char_boundary=text")]
    [InlineData("tfidf-lr", "urls=drop tokens=tweet emoticons=false")]
    [InlineData("tfidf-lr", "char_scale=0.3 char_max=4 nb_power=2 weighting=naive_bayes binary=true")]
    [InlineData("linear-best", "sublinear_tf=true binary=false weighting=idf")]
    [InlineData("tfidf-xgboost", "max_bin=16 tree_method=hist n_jobs=none")]
    public void The_order_of_settings_does_not_matter(string recipe, string settings)
    {
        (string, string)[] set = [.. settings.Split(' ').Select(setting => setting.Split('=')).Select(parts => (parts[0], parts[1]))];

        Recipe forward = RecipeParameter.Set(RecipeCatalog.Find(recipe), set), backward = RecipeParameter.Set(RecipeCatalog.Find(recipe), [.. set.Reverse()]);

        Assert.Equal(forward, backward);
        Assert.All(set, setting => Assert.Equal(setting.Item2, RecipeParameter.ValuesOf(forward)[setting.Item1]));
    }

    [Theory]
    [InlineData("sublinear_tf", "binary")]
    [InlineData("binary", "sublinear_tf")]
    public void A_setting_that_another_takes_the_effect_from_is_refused_in_either_order(string first, string second) =>
        Assert.Contains(
            "makes no use of the parameter 'sublinear_tf' with these settings",
            Assert.Throws<InvalidInputException>(() => RecipeParameter.Set(RecipeCatalog.Find("tfidf-lr"), [(first, "true"), (second, "true")])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_last_of_one_name_counts_and_an_unknown_name_is_said()
    {
        Recipe recipe = RecipeCatalog.Find("tfidf-lr");

        Assert.Equal("3", RecipeParameter.ValuesOf(RecipeParameter.Set(recipe, [("C", "2"), ("C", "3")]))["C"]);
        Assert.Contains("has no parameter 'colour'; it has tokens, ", Assert.Throws<InvalidInputException>(() => RecipeParameter.Set(recipe, "colour", "red")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_offered_changes_the_model()
    {
        // The other half of 'has an effect': what is left out, set behind the recipe's back, changes nothing.
        Recipe recipe = RecipeCatalog.Find("linear-fast");
        var learner = (StreamLearner)recipe.Learner;
        Recipe hidden = recipe with { Learner = learner with { Vectorizer = learner.Vectorizer with { MinDf = 5, MaxDf = 0.1, MaxFeatures = 10, SublinearTf = true, Ngrams = learner.Vectorizer.Ngrams with { CharMin = 3 } } } };
        TweetSet rows = TinyModels.Tweets(2);

        Assert.Equal(RecipeParameter.ValuesOf(recipe), RecipeParameter.ValuesOf(hidden));
        Assert.Equal(Train(recipe), Train(hidden));
        Assert.NotEqual(Train(recipe), Train(RecipeParameter.Set(recipe, "binary", "false")));

        double[] Train(Recipe with) => ((LinearTextModel)new TextTrainer(with).Train(rows, rows, TinyModels.Classes(2)).Classifier.Model).Linear.Coefficients[0];
    }
}
