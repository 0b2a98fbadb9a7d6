using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Vigie.Networks;

namespace Vigie.Cli.Tests.Torch;

/// <summary>Loading what trains networks from a folder, without libtorch and with it.</summary>
public sealed class TorchPluginTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-plugin-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_trainer_is_loaded_beside_the_program_and_shares_its_types()
    {
        Write(trainer: true);
        INetworkTrainer trainer = TorchPlugin.Load(_folder);

        Assert.Equal("Vigie.Torch", trainer.GetType().Assembly.GetName().Name);
        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(trainer.GetType().Assembly));
        TrainedNetwork trained = trainer.Fit(new NetworkOptions(), new NetworkRows(Texts(), [0], Texts(), [0], 2, 3), new NetworkFitContext());
        Assert.Null(trained);
    }

    [Fact]
    public void A_folder_without_a_trainer_is_refused()
    {
        Assert.Contains("holds no Vigie.Torch.dll", Refusal(), StringComparison.Ordinal);
        Write(trainer: false);
        Assert.Contains("holds nothing that trains networks", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_assembly_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "Vigie.Torch.dll"), "no assembly");
        Assert.Contains("cannot be loaded", Refusal(), StringComparison.Ordinal);
    }

    /// <summary>The real one: fetched where it is not in the package cache, built, loaded, and put to work.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Vigie_Torch_is_built_and_trains()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "libtorch is fetched for Linux on x64");
        CancellationToken stop = TestContext.Current.CancellationToken;
        TorchSources sources = TorchSources.Find(AppContext.BaseDirectory);
        string folder = await new TorchBuild(sources, TorchSources.SharedAssembly).EnsureAsync(stop);
        INetworkTrainer trainer = TorchPlugin.Load(folder);

        // One text is all of row 2, the other all of row 3.
        var texts = new EncodedTexts(1, [2, 2, 3, 3], [0, 2, 4]);
        var options = new NetworkOptions { Shape = new NetworkShape { Dimension = 4, Units = 4 }, Epochs = 60, LearningRate = 0.05, Dropout = 0, BatchSize = 2, Patience = 60 };
        TrainedNetwork trained = trainer.Fit(options, new NetworkRows(texts, [0, 1], texts, [0, 1], 2, 4), new NetworkFitContext { Cancellation = stop });

        NetworkEpoch last = trained.Epochs[^1];
        Assert.True(last.TrainLoss < 0.3, $"a loss of {last.TrainLoss} after {last.Number} epochs");
        Assert.True(OnnxNetwork.Write(trained.Weights, 1).Length > 0);
    }

    private static EncodedTexts Texts() => new(1, [2], [0, 1]);

    private string Refusal() => Assert.Throws<InvalidInputException>(() => TorchPlugin.Load(_folder)).Message;

    // An assembly of that name with one public class; as a trainer it answers null.
    private void Write(bool trainer)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Vigie.Torch"), typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule("Vigie.Torch").DefineType("Fake", TypeAttributes.Public | TypeAttributes.Class);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        if (trainer)
        {
            type.AddInterfaceImplementation(typeof(INetworkTrainer));
            MethodInfo fit = typeof(INetworkTrainer).GetMethod(nameof(INetworkTrainer.Fit))!;
            MethodBuilder body = type.DefineMethod(fit.Name, MethodAttributes.Public | MethodAttributes.Virtual, fit.ReturnType, [.. fit.GetParameters().Select(parameter => parameter.ParameterType)]);
            ILGenerator code = body.GetILGenerator();
            code.Emit(OpCodes.Ldnull);
            code.Emit(OpCodes.Ret);
        }
        type.CreateType();
        assembly.Save(Path.Combine(_folder, "Vigie.Torch.dll"));
    }
}
