using System.Net;
using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>Addresses of receivers, as settings give them.</summary>
internal static class ReceiverAddress
{
    /// <summary>Checks an address before anything is sent to it. Its text is not part of the message where it is a secret.</summary>
    /// <exception cref="InvalidInputException">It is no address, or one that would be refused whatever it resolved to.</exception>
    public static void Check(string setting, string address, AddressGuard guard, bool isSecret, string example)
    {
        string shown = isSecret ? "set to something that is no such address" : $"'{address}'";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            throw new InvalidInputException($"{setting} is {shown}; expected an address such as {example}");
        if (url.UserInfo.Length > 0) throw new InvalidInputException($"{setting} holds a user name or password before its host; expected an address such as {example}");
        CheckHost(setting, url.Host.Trim('[', ']'), guard);
        // Where a name leads is looked at when it is connected to.
        if (url.Scheme == Uri.UriSchemeHttp && !(LiteralOf(url.Host) is { } literal ? guard.Names(literal) : guard.NamesAny))
            throw new InvalidInputException($"{setting} begins with http://, and tweets would travel in the clear; expected https://, or a receiver in a network that alerts.allow_addresses names");
    }

    /// <summary>Checks a host that is an address itself: names are looked up whenever something is sent.</summary>
    /// <exception cref="InvalidInputException">It would be refused.</exception>
    public static void CheckHost(string setting, string host, AddressGuard guard)
    {
        if (LiteralOf(host) is not { } literal || guard.Allows(literal)) return;
        throw new InvalidInputException($"{setting} leads to {literal}, which is no address of the internet; where that is meant, say alerts.allow_addresses: [{literal}]");
    }

    /// <summary>The address that a host is, where it is no name.</summary>
    public static IPAddress? LiteralOf(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? literal) ? literal : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : null;
}
