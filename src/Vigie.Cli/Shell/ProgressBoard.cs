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
/// Its stages take reports from any thread and at any rate; the last report of each is always shown.
/// </summary>
internal abstract class ProgressBoard(TimeProvider clock, TimeSpan pause) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<StageOnBoard> _stages = [];

    public static ProgressBoard On(Terminal terminal, bool quiet) =>
        quiet ? new SilentBoard(terminal)
        : terminal.ErrorConsole.Profile.Capabilities.Interactive ? new LiveBoard(terminal)
        : new PlainBoard(terminal);

    /// <summary>Begins a named piece of work that reports in the library's own terms. Several may be under way at once.</summary>
    public IProgress<T> Stage<T>(string name, Func<T, Amount> read)
    {
        IProgress<Amount> stage = Stage(name);
        return new Translated<T>(report => stage.Report(read(report)));
    }

    /// <summary>Begins a named piece of work.</summary>
    public IProgress<Amount> Stage(string name)
    {
        lock (_lock)
        {
            var stage = new StageOnBoard(this, Begin(Terminal.Printable(name)));
            _stages.Add(stage);
            return stage;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (StageOnBoard stage in _stages) stage.ShowLast();
            _stages.Clear();
        }

        End();
    }

    /// <summary>Prepares a stage; the answer shows an amount of it, and is called by one thread at a time.</summary>
    protected abstract Action<Amount> Begin(string name);

    protected virtual void End() { }

    private sealed class StageOnBoard(ProgressBoard board, Action<Amount> show) : IProgress<Amount>
    {
        private Amount? _unshown;
        private long? _lastShown;

        public void Report(Amount value)
        {
            lock (board._lock)
            {
                bool due = _lastShown is not { } last || board.Elapsed(last) >= board.Pause;
                if (due || value.Done >= value.Total) Show(value);
                else _unshown = value;
            }
        }

        public void ShowLast()
        {
            if (_unshown is { } last) Show(last);
        }

        private void Show(Amount amount)
        {
            _unshown = null;
            _lastShown = board.Now;
            show(amount);
        }
    }

    private TimeSpan Pause => pause;

    private long Now => clock.GetTimestamp();

    private TimeSpan Elapsed(long since) => clock.GetElapsedTime(since);

    // Progress<T> of the framework would report later, on another thread, after the work has ended.
    private sealed class Translated<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    private sealed class SilentBoard(Terminal terminal) : ProgressBoard(terminal.Clock, TimeSpan.MaxValue)
    {
        protected override Action<Amount> Begin(string name) => _ => { };
    }

    /// <summary>Lines of text: the first report of a stage, then one every few seconds, then the last.</summary>
    private sealed class PlainBoard(Terminal terminal) : ProgressBoard(terminal.Clock, TimeSpan.FromSeconds(2))
    {
        protected override Action<Amount> Begin(string name)
        {
            long started = terminal.Clock.GetTimestamp();
            return amount =>
            {
                string total = amount.Total is { } all ? string.Create(CultureInfo.InvariantCulture, $" of {all:#,0.##}") : "";
                string note = amount.Note is { } words ? $", {Terminal.Printable(words)}" : "";
                double seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
                terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {amount.Done:#,0.##}{total}, {seconds:0.0} s{note}"));
            };
        }
    }

    /// <summary>Bars that redraw themselves ten times a second until the board is disposed.</summary>
    private sealed class LiveBoard : ProgressBoard
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ProgressContext> _context = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _drawing;

        public LiveBoard(Terminal terminal)
            : base(terminal.Clock, TimeSpan.FromMilliseconds(50))
        {
            Progress progress = terminal.ErrorConsole.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
            _drawing = Task.Run(() => progress.StartAsync(async context =>
            {
                _context.SetResult(context);
                await _end.Task;
            }));
        }

        protected override Action<Amount> Begin(string name)
        {
            ProgressTask task = _context.Task.GetAwaiter().GetResult().AddTask(Markup.Escape(name));
            task.IsIndeterminate = true;
            return amount =>
            {
                task.IsIndeterminate = amount.Total is null;
                if (amount.Total is { } total) task.MaxValue = total;
                task.Value = amount.Done;
                if (amount.Note is { } note) task.Description = Markup.Escape($"{name}, {Terminal.Printable(note)}");
            };
        }

        protected override void End()
        {
            _end.TrySetResult();
            _drawing.GetAwaiter().GetResult();
        }
    }
}
