namespace Vigie.Cli;

/// <summary>What a script may rely on after <c>vigie</c> has ended.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The work could not be done, or it was done and its answer is no (a gate refused, a check did not hold).</summary>
    public const int Failed = 1;

    /// <summary>The caller has to change something: an unknown verb, a missing option, a file with malformed rows.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 + 15.</summary>
    public const int Terminated = 143;
}
