using Microsoft.Extensions.Primitives;

namespace Vigie.Server;

/// <summary><c>?model=NAME</c>: which of the models on duty a caller asks for.</summary>
internal static class ModelQuery
{
    public static string? Read(IQueryCollection query) => query.TryGetValue("model", out StringValues names) && names.Count > 0 ? names[^1] : null;
}
