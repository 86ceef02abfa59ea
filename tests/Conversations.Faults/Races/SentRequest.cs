namespace Conversations.Faults.Races;

/// <summary>A request as it was sent, with real SIDs.</summary>
/// <param name="Conversation">A SID or UniqueName; empty where the verb needs none.</param>
/// <param name="Participant">A SID or identity; empty where the verb needs none.</param>
public sealed record SentRequest(Verb Verb, string Conversation, string Participant, Fields Fields);
