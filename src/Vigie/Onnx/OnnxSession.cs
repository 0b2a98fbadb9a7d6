using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Vigie.Onnx;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its sides; -1 for one that may differ from run to run.</param>
public sealed record OnnxPort(string Name, Type Type, IReadOnlyList<int> Shape);

/// <summary>
/// A graph that is ready to be run by ONNX Runtime: the one place that opens sessions. The file is checked before native code reads it; no other file, no
/// custom operator and no other format is opened, nothing is reported to anyone or printed, and a run stays on the threads it is given.
/// Safe for any number of threads. The garbage collector frees it, so that a run in flight never loses its graph.
/// </summary>
public sealed class OnnxSession
{
    private const string Instead = "Linear models are served on any machine: train one with 'vigie train linear-best', or let a network teach one with 'vigie distill' on a larger machine, and serve that";

    /// <summary>What the native library needs, found by running networks on emulated processors (docs/decisions/0320): it looks for everything beyond SSE3 itself.</summary>
    internal static readonly ProcessorNeeds Needs = new("ONNX Runtime, which computes neural networks,", [Architecture.X64, Architecture.Arm64], ["sse3"], Instead);

    private static readonly Lock Starting = new();
    private readonly InferenceSession session;
    private readonly RunOptions plainRun;

    private OnnxSession(InferenceSession session, RunOptions plainRun, string name)
    {
        (this.session, this.plainRun, Name) = (session, plainRun, name);
        (Inputs, Outputs) = (Ports(session.InputMetadata), Ports(session.OutputMetadata));
    }

    /// <summary>What messages call the graph.</summary>
    public string Name { get; }

    /// <summary>What a run takes.</summary>
    public IReadOnlyList<OnnxPort> Inputs { get; }

    /// <summary>What a run gives.</summary>
    public IReadOnlyList<OnnxPort> Outputs { get; }

    /// <summary>Opens a graph.</summary>
    /// <param name="model">A file of the ONNX format.</param>
    /// <param name="name">What messages call it, a path for example.</param>
    /// <param name="rules">What the graph may hold.</param>
    /// <param name="threads">Threads that one run uses, from 1; with 1 a run stays on the caller's own.</param>
    /// <exception cref="InvalidInputException">The bytes are no ONNX file, are cut off, hold what the rules do not accept, or ONNX Runtime cannot carry them out.</exception>
    /// <exception cref="PlatformNotSupportedException">ONNX Runtime's native library is not there.</exception>
    public static OnnxSession Open(byte[] model, string name, OnnxRules rules, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        OnnxFile.Read(model, name, rules);
        return OpenRead(model, name, threads);
    }

    /// <summary>Opens a graph that <see cref="OnnxFile.Read"/> has accepted.</summary>
    internal static OnnxSession OpenRead(byte[] model, string name, int threads)
    {
        try
        {
            Processor.Current.Require(Needs);
            Start();
            using SessionOptions options = Options(threads);
            return new OnnxSession(new InferenceSession(model, options), new RunOptions(), name);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidInputException($"{name}: ONNX Runtime cannot carry it out: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException or EntryPointNotFoundException })
        {
            throw new PlatformNotSupportedException(
                $"ONNX Runtime, which computes neural networks, cannot be loaded: {(fault.InnerException ?? fault).Message} It needs a Linux with glibc 2.28 or later (Debian 10, not Alpine), Windows or macOS; a program of one's own refers to the package Microsoft.ML.OnnxRuntime. {Instead}", fault);
        }
    }

    /// <summary>Runs the graph on values that are used again and again: nothing is allocated here.</summary>
    /// <param name="inputs">Names of inputs.</param>
    /// <param name="values">Their values.</param>
    /// <param name="outputs">Names of outputs.</param>
    /// <param name="results">Where their numbers go; their shapes must be the outputs'.</param>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot carry it out with these values.</exception>
    public void Run(string[] inputs, OrtValue[] values, string[] outputs, OrtValue[] results)
    {
        try
        {
            session.Run(plainRun, inputs, values, outputs, results);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidInputException($"{Name}: ONNX Runtime cannot carry it out: {fault.Message}", fault);
        }
        GC.KeepAlive(this); // Run passes on bare pointers
    }

    /// <summary>Runs the graph and leaves the outputs' shapes to it.</summary>
    /// <param name="inputs">Values by name, in any order.</param>
    /// <param name="outputs">The outputs that are wanted.</param>
    /// <returns>Their values, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot carry it out with these values.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputs)
    {
        try
        {
            IDisposableReadOnlyCollection<OrtValue> results = session.Run(plainRun, inputs, outputs);
            GC.KeepAlive(this);
            return results;
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidInputException($"{Name}: ONNX Runtime cannot carry it out: {fault.Message}", fault);
        }
    }

    private static void Start()
    {
        lock (Starting)
        {
            if (OrtEnv.IsCreated) return;
            var options = new EnvironmentCreationOptions { logId = "vigie", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL }; // failures arrive as exceptions
            OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
        }
    }

    private static SessionOptions Options(int threads)
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // it remembers one plan for each shape that ever came by
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.load_model_format", "ONNX"); // never its own format, which nothing here checks
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1"); // the arena would round a large table up to the next power of two
        return options;
    }

    private static OnnxPort[] Ports(IReadOnlyDictionary<string, NodeMetadata> ports) => [.. ports.Select(port => new OnnxPort(port.Key, port.Value.ElementType ?? typeof(object), port.Value.Dimensions ?? []))];
}
