using System.Diagnostics;
using OpenTelemetry;

namespace Vigie.Server;

/// <summary>
/// Leaves of a request's path what the API writes (<c>/authors/{id}</c>), and nothing of its query: either may name a person, and spans leave this machine. A request
/// that met no endpoint has no path at all.
/// </summary>
internal sealed class RouteOnly : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem("url.path") is not null) data.SetTag("url.path", data.GetTagItem("http.route"));
        data.SetTag("url.query", null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status); // the message of an exception, where there is one
    }
}
