using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>What a process left behind.</summary>
/// <param name="ExitCode">0 where it went well.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="WallSeconds">From start to end.</param>
internal sealed record ChildResult(int ExitCode, string Out, string Error, double WallSeconds)
{
    /// <summary>The last line on standard error that is not blank: where programs say why they gave up.</summary>
    public string Complaint => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"exit code {ExitCode} without a word";
}

/// <summary>A process of its own for a measurement, so that its processor time and memory are its own. It never outlives this one's interest in it.</summary>
internal static class Child
{
    /// <summary>Runs a program to its end; cancellation kills it and what it started.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeProvider clock, CancellationToken cancellation, IReadOnlyDictionary<string, string>? variables = null, string? folder = null)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        cancellation.ThrowIfCancellationRequested();
        long began = clock.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            double wall = clock.GetElapsedTime(began).TotalSeconds;
            return new ChildResult(process.ExitCode, await output, await error, wall);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a verb of this very program and reads the JSON object that it prints.</summary>
    /// <exception cref="InvalidInputException">The verb found the caller's data wanting.</exception>
    /// <exception cref="InvalidOperationException">The verb failed.</exception>
    public static async Task<JsonObject> VerbAsync(IEnumerable<string> arguments, TimeProvider clock, CancellationToken cancellation, IReadOnlyDictionary<string, string>? variables = null)
    {
        (string program, string[] first) = ThisProgram();
        string[] line = [.. first, .. arguments, "--json", "--quiet"];
        ChildResult result = await RunAsync(program, line, clock, cancellation, variables);
        cancellation.ThrowIfCancellationRequested(); // Ctrl-C in a terminal reaches the child too, and it may be the first to end
        if (result.ExitCode == ExitCode.Success) return JsonNode.Parse(result.Out)!.AsObject();
        string said = result.Complaint.StartsWith("vigie: ", StringComparison.Ordinal) ? result.Complaint["vigie: ".Length..] : result.Error.Trim();
        string message = $"{string.Join(' ', arguments)}: {said}";
        throw result.ExitCode == ExitCode.WrongUsage ? new InvalidInputException(message) : new InvalidOperationException(message);
    }

    /// <summary>How this program is started again.</summary>
    // Started as 'dotnet Vigie.Cli.dll' by the launcher, or as a program of its own; a test starts it from inside another program.
    public static (string Program, string[] First) ThisProgram()
    {
        string self = Environment.ProcessPath ?? "", library = typeof(Child).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") return (self, [library]);
        return Assembly.GetEntryAssembly() == typeof(Child).Assembly ? (self, []) : ("dotnet", [library]);
    }
}
