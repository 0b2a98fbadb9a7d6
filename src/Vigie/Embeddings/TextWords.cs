using System.Buffers;
using Vigie.Text;

namespace Vigie.Embeddings;

/// <summary>The words of texts, as word vectors name them: tokens with their placeholders spelt out. For one thread at a time.</summary>
internal sealed class TextWords(TextPipeline pipeline)
{
    private readonly Tokenizer tokenizer = new(pipeline);
    private readonly TokenBuffer tokens = new();
    private readonly ArrayBufferWriter<char> name = new();

    /// <summary>Words of the text last read.</summary>
    public int Count => tokens.Count;

    /// <summary>Cuts a text.</summary>
    public void Read(string text) => tokenizer.Tokenize(text, tokens);

    /// <summary>A word of the text; good until the next is asked for.</summary>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            name.ResetWrittenCount();
            tokens.WriteName(index, name);
            return name.WrittenSpan;
        }
    }
}
