using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary>Says on standard error what went wrong, and decides the exit code.</summary>
internal static class Failure
{
    public static int Report(Exception failure, Terminal terminal, bool verbose, CancellationToken stop)
    {
        Exception cause = Cause(failure);
        if (cause is OperationCanceledException && stop.IsCancellationRequested)
        {
            terminal.Error.WriteLine("vigie: stopped");
            return ExitCode.Interrupted;
        }

        bool callersFault = cause is InvalidInputException or MlflowException { Code: ErrorCode.InvalidParameterValue or ErrorCode.ResourceDoesNotExist or ErrorCode.ResourceAlreadyExists or ErrorCode.InvalidState };
        terminal.Error.WriteLine($"vigie: {Terminal.Printable(cause.Message)}");
        if (verbose || !string.IsNullOrEmpty(terminal.Variable("VIGIE_DEBUG")))
            terminal.Error.WriteLine(failure);
        else if (!callersFault)
            terminal.Error.WriteLine($"       ({cause.GetType().Name}; --verbose shows where it happened)");
        return callersFault ? ExitCode.WrongUsage : ExitCode.Failed;
    }

    // Parallel loops wrap what their bodies throw. Of several, the one that the caller can act on says most.
    private static Exception Cause(Exception failure) =>
        failure is AggregateException many
            ? many.Flatten().InnerExceptions.OrderBy(e => e is InvalidInputException ? 0 : e is OperationCanceledException ? 2 : 1).First()
            : failure;
}
