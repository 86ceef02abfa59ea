namespace Conversations.Faults.Races;

/// <summary>A request as it was sent, with real SIDs.</summary>
/// <param name="Conversation">A SID or UniqueName; empty where the verb needs none.</param>
/// <param name="Child">
/// The SID or identity of a participant, or the SID of a message; empty where the verb needs none.
/// </param>
public sealed record SentRequest(Verb Verb, string Conversation, string Child, Fields Fields);
