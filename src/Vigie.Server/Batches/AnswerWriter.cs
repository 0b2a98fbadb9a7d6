using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>Writes answers in one form. Safe for any number of threads.</summary>
internal abstract class AnswerWriter
{
    /// <summary>How answers look as JSON.</summary>
    public static JsonWriterOptions Format => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="form">The form.</param>
    /// <param name="model">The model that answers: its classes are columns.</param>
    /// <param name="explained">Whether any answer has an explanation.</param>
    public static AnswerWriter Of(BatchForm form, ServedModel model, bool explained) =>
        form == BatchForm.Csv ? new CsvAnswers(model, explained) : new JsonAnswers(form == BatchForm.Lines);

    /// <summary>Writes what stands before all answers.</summary>
    public abstract void Begin(IBufferWriter<byte> to);

    /// <summary>Writes some answers.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="answers">In their order.</param>
    /// <param name="opens">Whether they are the first of all.</param>
    public abstract void Write(IBufferWriter<byte> to, ReadOnlySpan<PredictionAnswer> answers, bool opens);

    /// <summary>Writes what stands behind all answers.</summary>
    public abstract void End(IBufferWriter<byte> to);
}

/// <summary>One array, or a line for each answer.</summary>
internal sealed class JsonAnswers(bool lines) : AnswerWriter
{
    public override void Begin(IBufferWriter<byte> to)
    {
        if (!lines) to.Write("["u8);
    }

    public override void Write(IBufferWriter<byte> to, ReadOnlySpan<PredictionAnswer> answers, bool opens)
    {
        using var writer = new Utf8JsonWriter(to, Format);
        foreach (PredictionAnswer answer in answers)
        {
            if (!lines && !opens) to.Write(",\n"u8);
            opens = false;
            JsonSerializer.Serialize(writer, answer, ServerJson.Readable.PredictionAnswer);
            writer.Flush();
            writer.Reset();
            if (lines) to.Write("\n"u8);
        }
    }

    public override void End(IBufferWriter<byte> to)
    {
        if (!lines) to.Write("]\n"u8);
    }
}

/// <summary>A header, and a row for each answer, by RFC 4180. An explanation is one column that holds JSON.</summary>
internal sealed class CsvAnswers(ServedModel model, bool explained) : AnswerWriter
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public override void Begin(IBufferWriter<byte> to)
    {
        var header = new StringBuilder("prediction_id,id,label");
        foreach (Tweets.Sentiment sentiment in model.Classifier.Classes) header.Append(",probability_").Append(Labels.Of(sentiment));
        header.Append(",confidence,unknown,unknown_share").Append(explained ? ",explain\n" : "\n");
        to.Write(Encoding.UTF8.GetBytes(header.ToString()));
    }

    public override void Write(IBufferWriter<byte> to, ReadOnlySpan<PredictionAnswer> answers, bool opens)
    {
        foreach (PredictionAnswer answer in answers)
        {
            Field(to, answer.PredictionId.ToString());
            to.Write(","u8);
            Field(to, answer.Id?.Text ?? "");
            to.Write(","u8);
            Field(to, Labels.Of(answer.Label));
            foreach (Tweets.Sentiment sentiment in model.Classifier.Classes) Number(to, answer.Probabilities.Of(sentiment));
            Number(to, answer.Confidence);
            to.Write(answer.Unknown ? ",true"u8 : ",false"u8);
            Number(to, answer.UnknownShare);
            if (explained) to.Write(","u8);
            if (answer.Explain is { } why) Field(to, JsonSerializer.Serialize(why, ServerJson.Readable.ExplanationAnswer));
            to.Write("\n"u8);
        }
    }

    public override void End(IBufferWriter<byte> to)
    {
    }

    private static void Number(IBufferWriter<byte> to, double value)
    {
        Span<byte> space = to.GetSpan(40);
        space[0] = (byte)',';
        Utf8Formatter.TryFormat(value, space[1..], out int written);
        to.Advance(1 + written);
    }

    private static void Field(IBufferWriter<byte> to, string value)
    {
        bool quoted = value.AsSpan().ContainsAny(Quoted);
        if (quoted) value = '"' + value.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        Encoding.UTF8.GetBytes(value, to);
    }
}
