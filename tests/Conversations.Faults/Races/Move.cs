namespace Conversations.Faults.Races;

/// <summary>What a client can ask for.</summary>
public enum Verb
{
    AddParticipant,
    UpdateParticipant,
    RemoveParticipant,
    FetchParticipant,
    ListParticipants,
    CreateConversation,
    UpdateConversation,
    DeleteConversation,
    FetchConversation,
    ListConversations,
}

/// <summary>The parameters of a request; null is not sent.</summary>
/// <param name="Name">The conversation's UniqueName.</param>
public sealed record Fields(
    string? Identity = null,
    string? Address = null,
    string? Proxy = null,
    string? Projected = null,
    string? State = null,
    string? Name = null
)
{
    public IEnumerable<KeyValuePair<string, string>> Form =>
        [
            .. Given("Identity", Identity),
            .. Given("MessagingBinding.Address", Address),
            .. Given("MessagingBinding.ProxyAddress", Proxy),
            .. Given("MessagingBinding.ProjectedAddress", Projected),
            .. Given("State", State),
            .. Given("UniqueName", Name),
        ];

    public override string ToString() =>
        string.Join('&', Form.Select(parameter => $"{parameter.Key}={parameter.Value}"));

    private static IEnumerable<KeyValuePair<string, string>> Given(string name, string? value) =>
        value is null ? [] : [KeyValuePair.Create(name, value)];
}

/// <summary>One request as it is thought up, before anybody knows a SID.</summary>
/// <param name="Room">0 to 2: a conversation that was there from the start; <see cref="Named"/>: whichever has the UniqueName, if any.</param>
/// <param name="Member">An identity; #0 to #9: a participant of the round's beginning; mine: the one this client added last.</param>
public sealed record Move(Verb Verb, int Room, string Member, Fields Fields)
{
    public const int Named = 3;

    public const string Mine = "mine";

    public override string ToString() => $"{Verb} {Room} {Member} {Fields}";
}

/// <summary>One request as it was sent, with real SIDs.</summary>
/// <param name="Conversation">A SID or UniqueName; empty where the verb needs none.</param>
/// <param name="Member">A SID or identity; empty where the verb needs none.</param>
public sealed record Sent(Verb Verb, string Conversation, string Member, Fields Fields);

/// <summary>A request, its answer, and when they were under way.</summary>
/// <param name="Answer">Status and what the model foretells of the body, see <see cref="Model"/>.</param>
/// <param name="NewSid">The SID of what was created, else null.</param>
public sealed record Seen(string Client, Sent Sent, string Answer, string? NewSid, long From, long To)
{
    public override string ToString() =>
        $"{From, 12} {To, 12} {Client}: {Sent.Verb} {Sent.Conversation} {Sent.Member} {Sent.Fields} -> {Answer}{(NewSid is null ? "" : $" ({NewSid})")}";
}
