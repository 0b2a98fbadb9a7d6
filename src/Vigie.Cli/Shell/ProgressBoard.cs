using System.Globalization;
using Spectre.Console;

namespace Vigie.Cli;

/// <summary>How far a piece of work has come.</summary>
/// <param name="Done">In the work's own unit: rows, bytes, epochs.</param>
/// <param name="Total">In the same unit; null while it is not known.</param>
/// <param name="Note">A few words that change on the way, such as the loss.</param>
internal readonly record struct Amount(double Done, double? Total = null, string? Note = null);

/// <summary>
/// Progress on standard error: live bars on a terminal, a line now and then in a log, nothing with <c>--quiet</c>.
/// Its stages take reports from any thread and at any rate.
/// </summary>
internal abstract class ProgressBoard : IDisposable
{
    public static ProgressBoard On(Terminal terminal, bool quiet) =>
        quiet ? new SilentBoard()
        : terminal.ErrorConsole.Profile.Capabilities.Interactive ? new LiveBoard(terminal)
        : new PlainBoard(terminal);

    /// <summary>Begins a named piece of work. Several may be under way at once.</summary>
    public abstract IProgress<Amount> Stage(string name);

    /// <summary>Begins a named piece of work that reports in the library's own terms.</summary>
    public IProgress<T> Stage<T>(string name, Func<T, Amount> read)
    {
        IProgress<Amount> stage = Stage(name);
        return new Translated<T>(report => stage.Report(read(report)));
    }

    public abstract void Dispose();

    // Progress<T> of the framework would report later, on another thread, after the work has ended.
    private sealed class Translated<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    private sealed class SilentBoard : ProgressBoard
    {
        public override IProgress<Amount> Stage(string name) => new Translated<Amount>(_ => { });

        public override void Dispose() { }
    }

    /// <summary>Lines of text: the first report of a stage, then one every few seconds, then the last.</summary>
    private sealed class PlainBoard(Terminal terminal) : ProgressBoard
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
        private readonly Lock _lock = new();
        private readonly List<PlainStage> _stages = [];

        public override IProgress<Amount> Stage(string name)
        {
            lock (_lock)
            {
                var stage = new PlainStage(this, name, terminal.Clock.GetTimestamp());
                _stages.Add(stage);
                return stage;
            }
        }

        public override void Dispose()
        {
            lock (_lock)
            {
                foreach (PlainStage stage in _stages) stage.End();
                _stages.Clear();
            }
        }

        private sealed class PlainStage(PlainBoard board, string name, long started) : IProgress<Amount>
        {
            private Amount? _unsaid;
            private long? _lastSaid;

            public void Report(Amount value)
            {
                lock (board._lock)
                {
                    bool complete = value.Done >= value.Total;
                    bool due = _lastSaid is not { } last || board.Elapsed(last) >= Pause;
                    if (due || complete) Say(value);
                    else _unsaid = value;
                }
            }

            public void End()
            {
                if (_unsaid is { } last) Say(last);
            }

            private void Say(Amount amount)
            {
                _unsaid = null;
                _lastSaid = board.Now;
                board.Write(name, amount, board.Elapsed(started));
            }
        }

        private long Now => terminal.Clock.GetTimestamp();

        private TimeSpan Elapsed(long since) => terminal.Clock.GetElapsedTime(since);

        private void Write(string name, Amount amount, TimeSpan elapsed)
        {
            string total = amount.Total is { } all ? string.Create(CultureInfo.InvariantCulture, $" of {all:#,0.##}") : "";
            string note = amount.Note is { } words ? $", {words}" : "";
            terminal.Error.WriteLine(Terminal.Printable(
                string.Create(CultureInfo.InvariantCulture, $"{name}: {amount.Done:#,0.##}{total}, {elapsed.TotalSeconds:0.0} s{note}")));
        }
    }

    /// <summary>Bars that redraw themselves ten times a second until the board is disposed.</summary>
    private sealed class LiveBoard : ProgressBoard
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ProgressContext> _context = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _drawing;

        public LiveBoard(Terminal terminal)
        {
            Progress progress = terminal.ErrorConsole.Progress().HideCompleted(false)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
            _drawing = Task.Run(() => progress.StartAsync(async context =>
            {
                _context.SetResult(context);
                await _end.Task;
            }));
        }

        public override IProgress<Amount> Stage(string name)
        {
            ProgressTask task = _context.Task.GetAwaiter().GetResult().AddTask(Markup.Escape(Terminal.Printable(name)));
            task.IsIndeterminate = true;
            return new Translated<Amount>(amount => Show(task, name, amount));
        }

        public override void Dispose()
        {
            _end.TrySetResult();
            _drawing.GetAwaiter().GetResult();
        }

        private static void Show(ProgressTask task, string name, Amount amount)
        {
            task.IsIndeterminate = amount.Total is null;
            if (amount.Total is { } total) task.MaxValue = total;
            task.Value = amount.Done;
            if (amount.Note is { } note) task.Description = Markup.Escape(Terminal.Printable($"{name}, {note}"));
        }
    }
}
