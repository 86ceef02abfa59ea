using System.Text.Json.Serialization;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The changes that a pre-action webhook may make. For the events of this server Twilio documents only the friendly
/// name of a conversation.
/// </summary>
/// <param name="FriendlyName">The new name; null leaves it unchanged.</param>
public sealed record WebhookChanges([property: JsonPropertyName("friendly_name")] string? FriendlyName)
{
    /// <summary>A webhook was called and wants no change.</summary>
    public static WebhookChanges None { get; } = new(FriendlyName: null);
}
