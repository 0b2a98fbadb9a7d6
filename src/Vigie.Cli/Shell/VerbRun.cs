using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Vigie.Cli;

/// <summary>One run of a verb: what the caller asked for, and where to answer.</summary>
internal sealed class VerbRun(Terminal terminal, ParseResult parsed, CancellationToken stop)
{
    /// <summary>Cancelled by Ctrl-C; everything that takes long takes it.</summary>
    public CancellationToken Stop => stop;

    public Terminal Terminal => terminal;

    public TimeProvider Clock => terminal.Clock;

    /// <summary>Whether the caller wants the result as one JSON object.</summary>
    public bool Json => parsed.GetValue<bool>("--json");

    /// <summary>Whether the caller wants no progress and no notes.</summary>
    public bool Quiet => parsed.GetValue<bool>("--quiet");

    /// <summary>Set to <see cref="Cli.ExitCode.Failed"/> by a verb that ran to its end and whose answer is no.</summary>
    public int ExitCode { get; set; } = Cli.ExitCode.Success;

    /// <summary>Where runs, models and records are kept: VIGIE_HOME, else <c>.vigie</c> in the working folder. Not created by asking.</summary>
    public string StateFolder =>
        terminal.Variable("VIGIE_HOME") is { Length: > 0 } home
            ? Path.GetFullPath(home, terminal.WorkingFolder)
            : Path.Combine(terminal.WorkingFolder, ".vigie");

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>The value of an option or argument that is required or has a default.</summary>
    public T Required<T>(Option<T> option) => parsed.GetRequiredValue(option);

    /// <inheritdoc cref="Required{T}(Option{T})"/>
    public T Required<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Prints the result: as one JSON object with <c>--json</c>, else as <paramref name="human"/> draws it.</summary>
    public void Print<T>(T result, Action<IAnsiConsole> human)
    {
        if (Json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(result, terminal.OutIsTerminal ? JsonText.Indented : JsonText.OneLine));
        else
            human(terminal.OutConsole);
        terminal.Out.Flush();
    }

    /// <summary>One JSON object on a line of its own, for verbs that answer with a stream of lines. Not flushed.</summary>
    public void PrintLine<T>(T item) => terminal.Out.WriteLine(JsonSerializer.Serialize(item, JsonText.OneLine));

    /// <summary>One line on standard error that is not an error, unless <c>--quiet</c>.</summary>
    public void Note(string line)
    {
        if (!Quiet) terminal.Error.WriteLine(Terminal.Printable(line));
    }

    /// <summary>A place for the progress of long work; dispose it before printing the result.</summary>
    public ProgressBoard ShowProgress() => ProgressBoard.On(terminal, Quiet);
}

/// <summary>Ties a command to what it does.</summary>
internal static class CommandActions
{
    /// <summary>The command does CPU work.</summary>
    public static Command Does(this Command command, Terminal terminal, Action<VerbRun> action)
    {
        command.SetAction((parsed, stop) =>
        {
            var run = new VerbRun(terminal, parsed, stop);
            action(run);
            return Task.FromResult(run.ExitCode);
        });
        return command;
    }

    /// <summary>The command waits for the network, a disk or a person.</summary>
    public static Command Does(this Command command, Terminal terminal, Func<VerbRun, Task> action)
    {
        command.SetAction(async (parsed, stop) =>
        {
            var run = new VerbRun(terminal, parsed, stop);
            await action(run);
            return run.ExitCode;
        });
        return command;
    }
}
