using System.Reflection;

namespace Vigie.Text;

/// <summary>The word lists that are compiled into the library from <c>Text/Data</c>: words parted by spaces, <c>#</c> begins a line of comment.</summary>
internal static class WordFile
{
    /// <summary><c>Text/Data/NAME.txt</c> as it was compiled in.</summary>
    public static Stream Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"Vigie.Text.Data.{name}.txt")
        ?? throw new FileNotFoundException($"the library was built without its word list Text/Data/{name}.txt");

    /// <summary>The words of each line of <c>Text/Data/NAME.txt</c>, in the order of the file.</summary>
    public static IEnumerable<string[]> Lines(string name)
    {
        using var reader = new StreamReader(Open(name));
        while (reader.ReadLine() is string line)
            if (line.Length > 0 && line[0] != '#') yield return line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Every word of <c>Text/Data/NAME.txt</c>, in the order of the file.</summary>
    public static IEnumerable<string> Words(string name) => Lines(name).SelectMany(line => line);
}
