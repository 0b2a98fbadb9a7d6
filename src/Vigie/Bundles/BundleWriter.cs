using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>Writes the files of a bundle into the folder where it is put together.</summary>
internal sealed class BundleWriter(string folder, CancellationToken cancellation)
{
    public void Text(string name, string text) => Bytes(name, Encoding.UTF8.GetBytes(text));

    public void Json<T>(string name, T value, JsonTypeInfo<T> type) => Bytes(name, [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n']);

    public void Bytes(string name, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = Create(name);
        file.Write(bytes);
    }

    public void Tensors(string name, IReadOnlyList<Tensor> tensors)
    {
        using FileStream file = Create(name);
        SafetensorsWriter.Write(file, tensors);
    }

    /// <summary>Writes a whole bundle into a folder inside this one.</summary>
    public void Inner(string name, TextClassifier classifier, BundleInfo info) =>
        Bundle.Write(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, classifier, info, plots: null, cancellation);

    private FileStream Create(string name)
    {
        cancellation.ThrowIfCancellationRequested();
        return File.Create(Path.Combine(folder, name));
    }
}
