using System.Runtime.InteropServices;

namespace Vigie.Cli;

/// <summary>
/// Ctrl-C and SIGTERM ask the verb to stop, through <see cref="Stop"/>. A verb that has not stopped within the grace period,
/// or a second signal, ends the process at once: whatever a verb writes stands under a temporary name until it is complete.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>Leaves time to write the last line within the second that the contract allows.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(800);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Terminal _terminal;
    private ITimer? _deadline;

    public StopSignals(Terminal terminal)
    {
        _terminal = terminal;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>How the process ends when the verb stopped because of the signal.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _deadline?.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true; // the default action would end the process before the verb can tidy up
        if (_stop.IsCancellationRequested) End();
        ExitCode = signal.Signal == PosixSignal.SIGTERM ? Cli.ExitCode.Terminated : Cli.ExitCode.Interrupted;
        _deadline = _terminal.Clock.CreateTimer(_ => End(), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    private void End()
    {
        // A live bar hides the cursor; the shell that follows needs it back.
        if (_terminal.ErrorIsTerminal) _terminal.Error.Write("\u001b[?25h");
        _terminal.Error.WriteLine("vigie: stopped");
        Environment.Exit(ExitCode);
    }
}
