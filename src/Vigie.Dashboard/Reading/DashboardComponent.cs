using Microsoft.AspNetCore.Components;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Reading;

/// <summary>What all parts of the pages have: a reader, their words, and a way to stay up to date.</summary>
public abstract class DashboardComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private bool follows;

    /// <summary>Who reads.</summary>
    [Inject]
    protected Viewer Viewer { get; set; } = null!;

    /// <summary>What the last action failed with, in words for the reader; null where it did not.</summary>
    protected string? Fault { get; set; }

    /// <summary>Ends when the reader has left.</summary>
    protected CancellationToken Gone => gone.Token;

    /// <summary>One thing in the reader's language: <c>@T("Open", "Ouvertes")</c>.</summary>
    protected string T(string english, string french) => Viewer.T(english, french);

    /// <summary>
    /// Does what may fail for a reason that the reader can act on: that becomes the <see cref="Fault"/>. Anything else is a bug, and goes to the error boundary and the log.
    /// </summary>
    protected async Task<bool> TryAsync(Func<Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            Fault = null;
            await action();
            return true;
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            return false; // nobody is there to be told
        }
        catch (Exception fault) when (fault is InvalidInputException or MlflowException or IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
            return false;
        }
    }

    /// <summary>Does something again and again while the page is open; the first time is the caller's.</summary>
    /// <param name="period">How often.</param>
    /// <param name="refresh">What; the page is drawn anew after it.</param>
    protected void Every(TimeSpan period, Func<Task> refresh)
    {
        if (!RendererInfo.IsInteractive) return;
        // What escapes is a bug, and goes where those of event handlers go: to the error boundary and the log.
        InvokeAsync(() => RepeatAsync(period, refresh))
            .ContinueWith(bug => DispatchExceptionAsync(bug.Exception!.InnerException!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>Takes on parameters, and from the first time on, times of another zone as soon as the reader's is known.</summary>
    public override Task SetParametersAsync(ParameterView parameters)
    {
        if (!follows) Viewer.Moved += Follow;
        follows = true;
        return base.SetParametersAsync(parameters);
    }

    /// <summary>Leaves.</summary>
    public void Dispose()
    {
        Viewer.Moved -= Follow;
        gone.Cancel();
        Dispose(true);
        gone.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>For what a part has to put back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private void Follow() => InvokeAsync(StateHasChanged);

    private async Task RepeatAsync(TimeSpan period, Func<Task> refresh)
    {
        CancellationToken left = gone.Token;
        using var timer = new PeriodicTimer(period, Viewer.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(left))
            {
                await TryAsync(refresh);
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            return; // the reader has left
        }
    }
}
