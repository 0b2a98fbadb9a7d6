using System.Diagnostics;
using System.Text;

namespace Vigie.Cli.Tests;

/// <summary>A process that a test starts, and that does not outlive the test.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static ChildProcess Start(string file, params string[] args) => Start(file, [], args);

    public static ChildProcess Start(string file, Dictionary<string, string> variables, params string[] args)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(file, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!);
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromMinutes(5), Stop);
        return _process.ExitCode;
    }

    public Task<string> OutAsync() => _process.StandardOutput.ReadToEndAsync(Stop);

    public Task<string> ErrorAsync() => _process.StandardError.ReadToEndAsync(Stop);

    public Task<string?> ErrorLineAsync() => _process.StandardError.ReadLineAsync(Stop).AsTask();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
