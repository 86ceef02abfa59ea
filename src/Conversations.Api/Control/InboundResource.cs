using Conversations.Api.Messages;

namespace Conversations.Api.Control;

/// <summary>What happened to a message from a phone.</summary>
/// <param name="Result">delivered; unrouted if it belongs to no conversation.</param>
/// <param name="ParticipantSid">The participant that is the author; null for none.</param>
/// <param name="Reason">Why it was not delivered; null if it was.</param>
public sealed record InboundResource(
    string Result,
    string? ConversationSid,
    string? MessageSid,
    string? ParticipantSid,
    string? Reason
)
{
    internal static InboundResource Delivered(Message message) =>
        new("delivered", message.ConversationSid, message.Sid, message.ParticipantSid, Reason: null);

    internal static InboundResource Unrouted(string reason) => new("unrouted", null, null, null, reason);
}
