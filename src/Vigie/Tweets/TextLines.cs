namespace Vigie.Tweets;

/// <summary>A plain text file, one tweet a line: UTF-8 or UTF-16 with its mark, packed or not, as <see cref="TweetReader"/> unpacks it.</summary>
public static class TextLines
{
    /// <summary>Reads the lines one by one, in constant memory. The file is open while they are walked through.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">No such file, a folder, or one that is damaged or may not be read; while walking, after the lines before.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var file = DataFile.Open(path, entry: null);
        using var reader = new StreamReader(file.Content);
        while (Next(reader, path) is { } line) yield return line;
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception error) when (DataFile.AsInvalidInput(path, error) is InvalidInputException damaged)
        {
            throw damaged;
        }
    }
}
