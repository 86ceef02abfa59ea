using System.Diagnostics.CodeAnalysis;

namespace Conversations.Api.Webhooks;

/// <summary>Host names in settings.</summary>
public static class HostName
{
    /// <summary>
    /// The name as a connection has it: xn--bcher-kva.example for bücher.example, ::1 for 0:0:0:0:0:0:0:1.
    /// </summary>
    /// <returns>False when the text is neither a host name nor an address.</returns>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        var type = Uri.CheckHostName(text);
        var host = type == UriHostNameType.IPv6 && !text.StartsWith('[') ? $"[{text}]" : text;
        if (type == UriHostNameType.Unknown || !Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var url))
        {
            return false;
        }

        try
        {
            name = url.IdnHost;
        }
        catch (UriFormatException)
        {
            return false; // .NET reads names that have no form in the DNS.
        }

        return name.Length > 0 && name.All(char.IsAscii);
    }
}
