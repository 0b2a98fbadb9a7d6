using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie models</c>: registered models, their versions, and which of them is champion.</summary>
internal static class ModelsVerb
{
    public static Command Create(Terminal terminal) => new("models", "List, register, promote, roll back, verify and gate registered models")
    {
        ModelsListVerb.Create(terminal),
        ModelsRegisterVerb.Create(terminal),
        ModelsPromoteVerb.Create(terminal),
        ModelsRollbackVerb.Create(terminal),
        ModelsVerifyVerb.Create(terminal),
        ModelsGateVerb.Create(terminal),
    };

    /// <summary>The name of a registered model, and what a verb does with it.</summary>
    public static Argument<string> Name(string description = "A registered model") => new("NAME") { Description = description };

    /// <summary>A version's number as a caller writes it: 3 or v3.</summary>
    public static string VersionOf(string text) => text.StartsWith('v') ? text[1..] : text;
}
