using System.Text;

namespace Conversations.Api.Webhooks;

/// <summary>The URLs that a webhook may have.</summary>
public static class CallableUrl
{
    // The length of a name in the DNS.
    private const int MaxHostLength = 255;

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
                && Ascii.IsValid(host);
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
