namespace Vigie.Tweets;

/// <summary>A file that its authors publish at an address of their own.</summary>
/// <param name="Name">What <c>vigie data get</c> calls it.</param>
/// <param name="Address">Where it is published.</param>
/// <param name="Bytes">Its size; null where it is not known for certain.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal; null where none is known for certain: the first download's is then remembered beside the file.</param>
/// <param name="Description">What it holds and from whom.</param>
public sealed record PublishedFile(string Name, Uri Address, long? Bytes, string? Sha256, string Description)
{
    /// <summary>The name of the file at its address.</summary>
    public string FileName => Path.GetFileName(Address.AbsolutePath);

    /// <summary>The files Vigie knows.</summary>
    public static IReadOnlyList<PublishedFile> All { get; } =
    [
        new(
            "sentiment140", new Uri("http://cs.stanford.edu/people/alecmgo/trainingandtestdata.zip"), 81_363_704,
            "004a3772c8a7ff9bbfeb875880f47f0679d93fc63e5cf9cff72d54a8a6162e57",
            "1.6 million tweets labelled by their emoticons (Go, Bhayani, Huang 2009); read with --entry training.1600000.processed.noemoticon.csv"),
        new(
            "glove-6b", new Uri("https://nlp.stanford.edu/data/glove.6B.zip"), 862_182_613,
            "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
            "GloVe vectors of 400,000 words from Wikipedia and Gigaword, 50 to 300 dimensions (Pennington, Socher, Manning 2014)"),
        new(
            "glove-twitter", new Uri("https://nlp.stanford.edu/data/glove.twitter.27B.zip"), null,
            "792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c",
            "GloVe vectors of 1.2 million words from two billion tweets, 25 to 200 dimensions (Pennington, Socher, Manning 2014)"),
    ];

    /// <summary>The file of a name, among those given.</summary>
    /// <exception cref="InvalidInputException">There is none; the message lists those there are.</exception>
    public static PublishedFile Named(string name, IReadOnlyList<PublishedFile> files) =>
        files.FirstOrDefault(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InvalidInputException($"no published file {FieldText.Quote(name)}; there are {string.Join(", ", files.Select(file => file.Name))}");
}
