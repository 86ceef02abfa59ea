using System.Security.Cryptography;
using System.Text;

namespace Conversations.TestSupport;

/// <summary>The values that a <see cref="ApiResource.Forms">form</see> is made of.</summary>
/// <param name="Name">The name of a row in a path.</param>
/// <param name="Text">
/// A part of all other texts. Letters, digits and hyphens, which need no escape in URLs and addresses.
/// </param>
/// <param name="Phone">
/// With the proxy address of the forms, a pair that no other open conversation of the account may hold.
/// </param>
public sealed record Sample(string Name, string Text, string Phone = "+15552000001")
{
    public string Json => $"\"{Text}\"";

    public string Email => $"{Text}@example.com";

    /// <summary>A media object that no other sample has.</summary>
    public string MediaSid => $"ME{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..32]}";

    /// <summary>Another phone number for each <see cref="Phone"/>, without a part of the sample.</summary>
    public string OtherPhone => $"+1557{Phone[5..]}";

    /// <summary>The target of webhooks.</summary>
    public string Url { get; init; } = $"http://127.0.0.1:9/{Text}";

    /// <summary>The events of an account or a service that are sent there.</summary>
    public IReadOnlyList<string> Filters { get; init; } = ["onUserAdded"];
}
