using System.Net;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The credentials of a webhook's URL (https://user:password@host/…) for a receiver that asks for them: a request goes out without
/// an Authorization header, and again with it after a 401 with WWW-Authenticate, as
/// <see href="https://www.twilio.com/docs/usage/security">Twilio documents</see>. Basic and Digest.
/// </summary>
public sealed class UrlCredentials : ICredentials
{
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        uri.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password]
        && (
            authType.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            || authType.Equals("Digest", StringComparison.OrdinalIgnoreCase)
        )
            ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
            : null;
}
