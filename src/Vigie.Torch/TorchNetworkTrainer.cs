using System.Runtime.InteropServices;
using TorchSharp;
using Vigie.Networks;

namespace Vigie.Torch;

/// <summary>Trains networks with libtorch. libtorch's number of threads is one per process, so one training is run at a time.</summary>
public sealed partial class TorchNetworkTrainer : INetworkTrainer
{
    private static readonly Lock OneAtATime = new();

    // libtorch's threads would otherwise burn a processor each while they wait for work. Its OpenMP reads the variable when it is loaded, from the process itself:
    // what .NET sets it does not see.
    static TorchNetworkTrainer()
    {
        if (!OperatingSystem.IsWindows()) _ = SetVariable("OMP_WAIT_POLICY", "PASSIVE", 0);
    }

    /// <inheritdoc/>
    public TrainedNetwork Fit(NetworkOptions options, NetworkRows rows, NetworkFitContext context)
    {
        options = (options with { Shape = options.Shape with { Scores = rows.Scores } }).Validated();
        rows.Validated(options.Shape.Dimension);
        lock (OneAtATime)
        {
            torch.Device device = DeviceFor(options.Device);
            torch.set_num_threads(options.Threads);
            using var training = new NetworkTraining(options, rows, context, device);
            return training.Run();
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    private static torch.Device DeviceFor(NetworkDevice device)
    {
        if (device == NetworkDevice.Cpu) return torch.CPU;
        if (!torch.cuda_is_available())
        {
            throw new InvalidInputException(
                "device cuda: libtorch finds no CUDA device. This build carries libtorch for processors (libtorch-cpu-linux-x64); training on a graphics card takes a build of "
                + "Vigie.Torch against libtorch-cuda and an NVIDIA driver. device=cpu trains here");
        }
        return torch.CUDA;
    }
}
