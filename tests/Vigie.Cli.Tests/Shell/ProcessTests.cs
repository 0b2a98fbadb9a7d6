using System.Diagnostics;

namespace Vigie.Cli.Tests;

/// <summary>What only a process can show: signals, bytes on the streams, the exit code as a shell sees it.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Version_comes_from_the_real_program()
    {
        using ChildProcess vigie = ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, "Vigie.Cli"), "--version");

        Assert.Equal(ExitCode.Success, await vigie.ExitCodeAsync());
        Assert.StartsWith("vigie ", await vigie.OutAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_is_utf8_without_a_byte_order_mark_whatever_the_locale()
    {
        using ChildProcess vigie = ChildProcess.Start(Vigie, new Dictionary<string, string> { ["LC_ALL"] = "C", ["LANG"] = "C" }, TestProgram.AsVigie, "echo", "café ☃", "--json");

        Assert.Equal(ExitCode.Success, await vigie.ExitCodeAsync());
        Assert.StartsWith("""{"text":"café ☃",""", await vigie.OutAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_read_as_utf8()
    {
        using ChildProcess vigie = ChildProcess.Start(Vigie, TestProgram.AsVigie, "read", "--json");
        await vigie.Input.WriteAsync("é👍");
        vigie.Input.Close();

        Assert.Equal("""{"length":3}""", (await vigie.OutAsync()).Trim());
    }

    [Theory]
    [InlineData("linger", "INT", ExitCode.Interrupted)]
    [InlineData("linger", "TERM", ExitCode.Terminated)]
    [InlineData("stubborn", "INT", ExitCode.Interrupted)]
    [InlineData("stubborn", "TERM", ExitCode.Terminated)]
    public async Task A_signal_stops_within_a_second(string verb, string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill(1)");
        using ChildProcess vigie = ChildProcess.Start(Vigie, TestProgram.AsVigie, verb);
        Assert.Equal("lingering", await vigie.ErrorLineAsync());

        var watch = Stopwatch.StartNew();
        using (ChildProcess kill = ChildProcess.Start("/bin/kill", $"-{signal}", $"{vigie.Id}")) Assert.Equal(0, await kill.ExitCodeAsync());
        int code = await vigie.ExitCodeAsync();
        TimeSpan took = watch.Elapsed;

        Assert.Equal(exitCode, code);
        Assert.Equal("vigie: stopped", await vigie.ErrorLineAsync());
        Assert.True(took < StopSignals.Grace + TimeSpan.FromSeconds(2), $"took {took}"); // the slack is for a busy machine
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_a_failure()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a disk that is full: /dev/full");
        using ChildProcess vigie = ChildProcess.Start("/bin/sh", "-c", $"exec '{Vigie}' {TestProgram.AsVigie} echo hello --json > /dev/full");

        Assert.Equal(ExitCode.Failed, await vigie.ExitCodeAsync());
        Assert.StartsWith("vigie: No space left on device", await vigie.ErrorAsync(), StringComparison.Ordinal);
    }

    private static string Vigie => Path.Combine(AppContext.BaseDirectory, "Vigie.Cli.Tests");
}
