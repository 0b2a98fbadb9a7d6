using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>What every endpoint works with.</summary>
internal sealed record MlflowServices(MlflowStore Store, MlflowServerOptions Options, Access Access);
