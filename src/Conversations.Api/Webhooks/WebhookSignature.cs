using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Webhooks;

/// <summary>X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests.</summary>
public static class WebhookSignature
{
    /// <summary>
    /// Base64 of the HMAC-SHA1 of the called URL including its query, followed in a POST by the name and value of each
    /// parameter, sorted by name in byte order. The key is the account's AuthToken.
    /// </summary>
    /// <param name="form">The parameters of a POST; empty for a GET, whose URL contains them.</param>
    public static string Of(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form) =>
#pragma warning disable CA5350 // Twilio's scheme requires SHA-1.
        Convert.ToBase64String(
            HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(TextOf(url, form)))
        );
#pragma warning restore CA5350

    /// <summary>The text that is signed.</summary>
    /// <inheritdoc cref="Of"/>
    public static string TextOf(string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

        return signed.ToString();
    }
}
