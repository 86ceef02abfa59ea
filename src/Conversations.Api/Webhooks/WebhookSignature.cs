using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Webhooks;

/// <summary>X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests.</summary>
public static class WebhookSignature
{
    /// <summary>
    /// Base64 of HMAC-SHA1, keyed with the account's AuthToken, over the URL as it is called (query included) and, of a POST, each
    /// parameter's name and value, sorted by name in byte order.
    /// </summary>
    /// <param name="form">The parameters of a POST; none of a GET, whose URL has them already.</param>
    public static string Of(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

#pragma warning disable CA5350 // Twilio's scheme.
        return Convert.ToBase64String(
            HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(signed.ToString()))
        );
#pragma warning restore CA5350
    }
}
