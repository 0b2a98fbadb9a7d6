using System.Net;
using System.Net.Sockets;

namespace Vigie.Server;

/// <summary>Addresses and networks as settings name them: <c>10.0.0.7</c>, <c>10.1.0.0/16</c>, <c>fd00::/8</c>.</summary>
internal static class NetworkList
{
    /// <summary>Reads them.</summary>
    /// <param name="texts">The setting's value.</param>
    /// <param name="setting">Its name, for the message.</param>
    /// <exception cref="InvalidInputException">One is neither an address nor a network.</exception>
    public static IPNetwork[] Parse(IEnumerable<string> texts, string setting) => [.. texts.Select(text =>
    {
        if (IPNetwork.TryParse(text, out IPNetwork network)) return network;
        if (IPAddress.TryParse(text, out IPAddress? address)) return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        throw new InvalidInputException($"{setting} has '{text}'; expected an address such as 10.0.0.7, or a network such as 10.1.0.0/16");
    })];
}
