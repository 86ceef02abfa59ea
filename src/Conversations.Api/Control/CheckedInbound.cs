namespace Conversations.Api.Control;

/// <summary>A message that a phone can send.</summary>
/// <param name="Type">The channel: sms, whatsapp, ….</param>
internal sealed record CheckedInbound(
    string From,
    string Type,
    IReadOnlyList<string> To,
    string Body,
    IReadOnlyList<InboundMedia> Media
);
