using Conversations.Api.Conversations;

namespace Conversations.Api.Participants;

/// <summary>What the check of a new or changed participant depends on.</summary>
/// <param name="PairHolder">The SID of the conversation that holds the pair of addresses; null when it is free.</param>
public sealed record ParticipantFacts(
    Conversation Conversation,
    string DefaultRoleSid,
    string DefaultUserRoleSid,
    bool HasRole,
    bool HasIdentity,
    string? PairHolder,
    string? UserSid,
    int UserConversationCount
);
