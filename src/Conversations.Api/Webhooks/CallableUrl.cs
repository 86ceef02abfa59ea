using System.Globalization;
using System.Text;

namespace Conversations.Api.Webhooks;

/// <summary>The URLs that a webhook may have.</summary>
public static class CallableUrl
{
    // The lengths of a name in the DNS, and of one of its labels.
    private const int MaxHostLength = 255;

    private const int MaxLabelLength = 63;

    private static readonly IdnMapping Names = new();

    /// <summary>
    /// Whether the text is an absolute http or https URL that a request can have. .NET reads more URLs than that: names
    /// that IDN refuses, and port 0.
    /// </summary>
    public static bool Is(string text)
    {
        try
        {
            // WebhookClient calls the URL without its fragment.
            return Uri.TryCreate(text, UriKind.Absolute, out var url)
                && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                && url.Port > 0
                && Uri.TryCreate(url.GetLeftPart(UriPartial.Query), UriKind.Absolute, out var bare)
                && Uri.TryCreate(bare.AbsoluteUri, UriKind.Absolute, out var called)
                && called.IdnHost is { Length: > 0 and <= MaxHostLength } host
                && Ascii.IsValid(host)
                && (
                    called.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
                    || host.TrimEnd('.').Split('.').All(IsLabel)
                );
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    // .NET does not read what follows xn--.
    private static bool IsLabel(string label)
    {
        try
        {
            return label.Length is > 0 and <= MaxLabelLength
                && (!label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase) || Names.GetUnicode(label) != label);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
