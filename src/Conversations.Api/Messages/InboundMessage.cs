namespace Conversations.Api.Messages;

/// <summary>What a message from a phone has besides the parameters of the API.</summary>
/// <param name="ParticipantSid">The participant whose phone sends it.</param>
/// <param name="Address">The address of this participant.</param>
/// <param name="Media">Null for none.</param>
public sealed record InboundMessage(string ParticipantSid, string Address, IReadOnlyList<MessageMedia>? Media);
