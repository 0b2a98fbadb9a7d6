using Vigie.Embeddings;
using Vigie.Networks;
using Vigie.Recipes;
using Vigie.Text;

namespace Vigie.Tests.Recipes;

public class FirstVectorsTests
{
    private static readonly TextPipeline Pipeline = new() { NegationScope = 0 };

    private static readonly string[] Texts = [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? $"good {i % 7} flight thanks" : $"bad bag late {i % 5} !")];

    [Fact]
    public void The_mean_of_weighed_rows_is_the_sentence_vector_of_unit_size()
    {
        TokenVocabulary vocabulary = Vocabulary();
        EmbeddingRows table = new FirstVectors { Origin = VectorOrigin.Sentence, Epochs = 2 }.Fill(vocabulary, Texts, 10, new FitContext())!;
        WordVectors words = new Word2Vec { VectorSize = 10, Epochs = 2, MinCount = 2, Workers = 1, Seed = 1 }.Fit(WordCorpus.FromTexts(Texts, Pipeline));
        SentenceEmbedding sentences = new SmoothInverseFrequency { Text = Pipeline, Seed = 1 }.Fit(words, Texts);
        float[] own = new float[Texts.Length * 10], expected = new float[Texts.Length * 10];
        sentences.Encode(Texts, expected);
        EncodedTexts encoded = vocabulary.Encode(Texts);
        for (int i = 0; i < own.Length; i++) own[i] = encoded[i / 10].ToArray().Average(row => table.Values[row * 10 + i % 10]);
        Assert.Equal(1, own.Average(value => value * value), 1e-4);
        double scale = own.Max() / expected.Max();
        for (int i = 0; i < own.Length; i++) Assert.Equal(scale * expected[i], own[i], 1e-4);
    }

    [Fact]
    public void Rare_words_have_vectors_by_their_letters_or_drawn_ones_of_the_same_length()
    {
        var vocabulary = new TokenVocabulary(Pipeline, [.. TokenVocabulary.CountWords(Texts, Pipeline, 100, 2), "flights"], 40, bigramBuckets: 3);
        foreach (VectorOrigin origin in new[] { VectorOrigin.Fasttext, VectorOrigin.Word2vec })
        {
            float[] table = new FirstVectors { Origin = origin, Epochs = 2 }.Fill(vocabulary, Texts, 10, new FitContext { Seed = 3 })!.Values;
            float[] flights = Row(table, 2 + vocabulary.Words.Count - 1), flight = Row(table, 2 + vocabulary.Words.ToList().IndexOf("flight"));
            Assert.Contains(flights, value => value != 0);
            double cosine = System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(flights, flight);
            Assert.Equal(origin == VectorOrigin.Fasttext, cosine > 0.7);
            Assert.All(table[..20].Concat(table[^30..]), value => Assert.Equal(0, value)); // padding, the unknown word, pairs
        }
    }

    [Fact]
    public void A_file_has_its_own_dimension_and_only_its_words()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["good 1 2 3", "zebra 4 5 6"]);
            TokenVocabulary vocabulary = Vocabulary();
            EmbeddingRows table = new FirstVectors { Origin = VectorOrigin.File, File = file }.Fill(vocabulary, Texts, 10, new FitContext())!;
            Assert.Equal(3, table.Dimension);
            int good = 2 + vocabulary.Words.ToList().IndexOf("good");
            Assert.Equal([1, 2, 3], table.Values[(3 * good)..(3 * good + 3)]);
            Assert.Equal(vocabulary.Rows * 3, table.Values.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Settings_are_read_and_spelt_by_name()
    {
        Recipe recipe = RecipeParameter.Set(RecipeCatalog.Find("word2vec-lstm"), [("pooling", "attention+last"), ("network", "lstm"), ("vectors", "file"), ("vectors_file", "v.txt"), ("precision", "bfloat16")]);
        var learner = (NetworkLearner)recipe.Learner;
        Assert.Equal((Pooling.Last | Pooling.Attention, NetworkKind.Lstm, "v.txt"), (learner.Network.Shape.Pooling, learner.Network.Shape.Kind, learner.Vectors.File));
        Assert.Equal("last+attention", RecipeParameter.ValuesOf(recipe)["pooling"]);
        foreach (string origin in new[] { "random", "word2vec", "fasttext", "file", "sentence" }) Assert.Equal(origin, RecipeParameter.ValuesOf(RecipeParameter.Set(recipe, "vectors", origin))["vectors"]);
        recipe = RecipeParameter.Set(recipe, [("network", "cnn"), ("kernels", "1+3"), ("pooling", "max")]);
        Assert.Equal([1, 3], ((NetworkLearner)recipe.Learner).Network.Shape.Kernels);
        Assert.Equal("1+3", RecipeParameter.ValuesOf(recipe)["kernels"]);
        Assert.DoesNotContain("recurrent_dropout", RecipeParameter.ValuesOf(recipe).Keys);
        foreach ((string name, string value) in new[] { ("pooling", "max+max"), ("pooling", "sum"), ("kernels", "2+x"), ("network", "gru"), ("device", "tpu") })
            Assert.Contains(name, Assert.Throws<InvalidInputException>(() => RecipeParameter.Set(recipe, name, value)).Message);
    }

    [Fact]
    public void Without_a_trainer_nothing_is_trained()
    {
        Recipe recipe = RecipeCatalog.Find("word2vec-lstm");
        Assert.True(recipe.Learner.TrainsNetwork);
        var rows = new LearningRows([Vigie.Tweets.Sentiment.Negative, Vigie.Tweets.Sentiment.Positive], Texts, new byte[Texts.Length], [], []);
        Assert.Contains("Vigie.Torch", Assert.Throws<InvalidInputException>(() => recipe.Learner.Fit(rows, new FitContext())).Message);
    }

    private static TokenVocabulary Vocabulary() => new(Pipeline, TokenVocabulary.CountWords(Texts, Pipeline, 100, 2), 40);

    private static float[] Row(float[] table, int row) => table[(row * 10)..(row * 10 + 10)];
}
