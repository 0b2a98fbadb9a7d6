using System.Buffers;
using System.Collections.Concurrent;

namespace Vigie.Server;

/// <summary>Answers the tweets of a batch in their order: chunks on all processors at once, and no further ahead than the caller reads.</summary>
/// <param name="predictor">Gives the answers.</param>
/// <param name="route">Which model answers.</param>
/// <param name="writer">Writes them.</param>
/// <param name="explain">For tweets that do not say it themselves.</param>
/// <param name="threshold">For tweets that do not say it themselves.</param>
/// <param name="arrived">The clock's timestamp when the request came.</param>
internal sealed class BatchAnswers(Predictor predictor, ModelRoute route, AnswerWriter writer, bool? explain, double? threshold, long arrived)
{
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> buffers = [];

    /// <summary>Sends all answers.</summary>
    public async Task SendAsync(HttpResponse response, TweetSpool spool, CancellationToken cancellation)
    {
        int ahead = Environment.ProcessorCount + 1; // one waits to be sent while the others are being made
        var running = new Queue<Task<ArrayBufferWriter<byte>>>(ahead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            writer.Begin(response.BodyWriter);
            bool first = true;
            while (true)
            {
                while (running.Count < ahead && spool.Next() is { } chunk)
                {
                    bool opens = first;
                    first = false;
                    running.Enqueue(Task.Run(() => AnswerAsync(chunk, opens, stop.Token), CancellationToken.None));
                }

                if (!running.TryPeek(out Task<ArrayBufferWriter<byte>>? next)) break;
                ArrayBufferWriter<byte> answers = await next;
                _ = running.Dequeue(); // only now: had it failed, it would be waited for with the others
                await response.BodyWriter.WriteAsync(answers.WrittenMemory, cancellation);
                answers.ResetWrittenCount();
                buffers.Add(answers);
            }

            writer.End(response.BodyWriter);
            await response.BodyWriter.FlushAsync(cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (Task<ArrayBufferWriter<byte>> task in running) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what failed first is what is told
        }
    }

    private async Task<ArrayBufferWriter<byte>> AnswerAsync(TweetChunk chunk, bool opens, CancellationToken cancellation)
    {
        using (chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            PredictionAnswer[] answers = await predictor.AnswerAsync(chunk.Read(explain, threshold), route, arrived, cancellation);
            if (!buffers.TryTake(out ArrayBufferWriter<byte>? buffer)) buffer = new ArrayBufferWriter<byte>(128 << 10);
            writer.Write(buffer, answers, opens);
            return buffer;
        }
    }
}
