using System.Net;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The credentials in a webhook's URL (https://user:password@host/…). The first request has no Authorization header.
/// After a 401 with WWW-Authenticate (Basic or Digest) it is sent again with the credentials, as
/// <see href="https://www.twilio.com/docs/usage/security">Twilio documents</see>.
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
