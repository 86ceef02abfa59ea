namespace Conversations.Faults.Races;

/// <summary>A request as it is generated, before any SID is known.</summary>
/// <param name="Conversation">
/// 0 to 2: a conversation that exists from the start. <see cref="Named"/>: the conversation with the UniqueName, if
/// any.
/// </param>
/// <param name="Child">
/// A participant: an identity; #0 to #9: one of the round's setup; mine: the one that this client added last. Or a
/// message: #0 to #9, or mine.
/// </param>
public sealed record PlannedRequest(Verb Verb, int Conversation, string Child, Fields Fields)
{
    public const int Named = 3;

    public const string Mine = "mine";

    public override string ToString() => $"{Verb} {Conversation} {Child} {Fields}";
}
