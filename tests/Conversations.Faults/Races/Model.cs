using System.Collections.Immutable;

namespace Conversations.Faults.Races;

/// <summary>
/// A second, simple implementation of the rules for identities, address pairs, group texts, authors and indices of
/// messages, waking, closing and deleting: one account's conversations, participants and messages in memory. An
/// instance is immutable; a request returns the next one.
/// </summary>
/// <remarks>
/// An answer is the status. After a success the values that the rules use follow (SIDs, identity, addresses, state,
/// index, author); after an error its code and the SID in its text.
/// </remarks>
public sealed class Model(
    ImmutableSortedDictionary<string, ModelConversation> conversations,
    ImmutableSortedDictionary<string, ModelParticipant> participants,
    ImmutableSortedDictionary<string, ModelMessage> messages
)
{
    public static readonly Model Empty = new(
        ImmutableSortedDictionary.Create<string, ModelConversation>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ModelParticipant>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ModelMessage>(StringComparer.Ordinal)
    );

    private const string NotFound = "404 20404";
    private const string Closed = "400 50377";
    private const string Stranger = "400 50513";
    private const string None = "null";

    private string? text;

    /// <summary>The whole state. Two models are equal if their texts are equal.</summary>
    public string Text =>
        text ??= string.Join(
            '\n',
            conversations
                .Values.Select(conversation => $"{TextOf(conversation)} {conversation.NextIndex}")
                .Concat(participants.Values.Select(participant => $"{participant.Conversation} {participant.Text}"))
                .Concat(messages.Values.Select(message => $"{message.Conversation} {message.Text}"))
        );

    /// <param name="newSid">The SID that the server assigned to the created row.</param>
    public (string Answer, Model Next) After(SentRequest sent, string? newSid) =>
        sent.Verb switch
        {
            Verb.ListConversations => ($"200 {string.Join(", ", conversations.Values.Select(TextOf))}", this),
            Verb.CreateConversation => Create(new(newSid ?? "?", sent.Fields.Name, sent.Fields.State ?? "active")),
            _ => Find(sent.Conversation) is { } conversation ? In(conversation, sent, newSid) : (NotFound, this),
        };

    private (string Answer, Model Next) In(ModelConversation conversation, SentRequest sent, string? newSid) =>
        sent.Verb switch
        {
            Verb.FetchConversation => ($"200 {TextOf(conversation)}", this),
            Verb.DeleteConversation => (
                "204",
                new(
                    conversations.Remove(conversation.Sid),
                    participants.RemoveRange(Of(conversation).Select(participant => participant.Sid)),
                    messages.RemoveRange(MessagesOf(conversation).Select(message => message.Sid))
                )
            ),
            Verb.ListParticipants => (
                "200 " + $"{string.Join(", ", Of(conversation).Select(participant => participant.Text))}",
                this
            ),
            Verb.AddParticipant when conversation.IsOpen => Put(
                conversation,
                before: null,
                New(newSid ?? "?", conversation, sent.Fields),
                sent.Fields,
                "201"
            ),
            Verb.UpdateConversation when conversation.IsOpen => Update(conversation, sent.Fields),
            Verb.SendMessage when conversation.IsOpen => Send(conversation, sent.Fields.Author ?? "system", newSid),
            Verb.AddParticipant or Verb.UpdateConversation or Verb.SendMessage => (Closed, this),
            Verb.ListMessages => (
                $"200 {string.Join(", ", MessagesOf(conversation).Select(message => message.Text))}",
                this
            ),
            Verb.UpdateMessage or Verb.DeleteMessage => MessagesOf(conversation)
                .FirstOrDefault(message => message.Sid == sent.Child)
                is { } message
                ? On(conversation, message, sent)
                : (NotFound, this),
            _ => Find(conversation, sent.Child) is { } participant
                ? On(conversation, participant, sent)
                : (NotFound, this),
        };

    private (string Answer, Model Next) On(
        ModelConversation conversation,
        ModelParticipant participant,
        SentRequest sent
    )
    {
        if (sent.Verb == Verb.FetchParticipant)
        {
            return ($"200 {participant.Text}", this);
        }

        if (!conversation.IsOpen)
        {
            return (Closed, this);
        }

        if (sent.Verb == Verb.RemoveParticipant)
        {
            return ("204", new Model(conversations, participants.Remove(participant.Sid), messages));
        }

        if (sent.Fields == new Fields())
        {
            return ($"200 {participant.Text}", this);
        }

        return ChangeBinding(participant, sent.Fields, out var after) is { } error
            ? (error, this)
            : Put(conversation, participant, after, sent.Fields, "200");
    }

    private (string Answer, Model Next) On(ModelConversation conversation, ModelMessage message, SentRequest sent)
    {
        if (!conversation.IsOpen)
        {
            return (Closed, this);
        }

        if (sent.Verb == Verb.DeleteMessage)
        {
            return ("204", new Model(conversations, participants, messages.Remove(message.Sid)));
        }

        if (sent.Fields.Author is not { } author)
        {
            return ($"200 {message.Text}", this);
        }

        var after = message with { Author = author, Participant = AuthorIn(conversation, author)?.Sid };
        return IsStranger(conversation, after)
            ? (Stranger, this)
            : ($"200 {after.Text}", new Model(conversations, participants, messages.SetItem(after.Sid, after)));
    }

    // A new message takes the next index and wakes its conversation.
    private (string Answer, Model Next) Send(ModelConversation conversation, string author, string? newSid)
    {
        ModelMessage message = new(
            newSid ?? "?",
            conversation.Sid,
            conversation.NextIndex,
            author,
            AuthorIn(conversation, author)?.Sid
        );
        var woken = conversation with { State = "active", NextIndex = conversation.NextIndex + 1 };
        return IsStranger(conversation, message)
            ? (Stranger, this)
            : (
                $"201 {message.Text}",
                new Model(
                    conversations.SetItem(conversation.Sid, woken),
                    participants,
                    messages.SetItem(message.Sid, message)
                )
            );
    }

    private (string Answer, Model Next) Create(ModelConversation conversation) =>
        NameIsTaken(conversation) ? ("409 50353", this) : ($"201 {TextOf(conversation)}", With(conversation));

    private (string Answer, Model Next) Update(ModelConversation conversation, Fields fields)
    {
        var after = conversation with
        {
            Name = fields.Name ?? conversation.Name,
            State = fields.State ?? conversation.State,
        };
        return NameIsTaken(after) ? ("409 50353", this) : ($"200 {TextOf(after)}", With(after));
    }

    // A participant is added (before is null) or updated. Twilio's order: the rules of groups, the identity, the pair.
    private (string Answer, Model Next) Put(
        ModelConversation conversation,
        ModelParticipant? before,
        ModelParticipant after,
        Fields fields,
        string success
    )
    {
        var hasOthers = Of(conversation).Any(participant => participant.Sid != after.Sid && participant.IsInGroup);
        var leavesGroup = before is { IsInGroup: true } && after.IsPlainChat;
        if (leavesGroup && hasOthers)
        {
            return ("400 50442", this);
        }

        var isGroupChange = (IsGroup(conversation) || after.IsInGroup) && !leavesGroup;
        var woken =
            before is null && conversation.State == "inactive" // A new participant wakes its conversation.
                ? conversations.SetItem(conversation.Sid, conversation with { State = "active" })
                : conversations;
        var next = new Model(woken, participants.SetItem(after.Sid, after), messages);
        var key = next.KeyOf(conversation);
        if (isGroupChange && GroupError(conversation, after, key) is { } error)
        {
            return (error, this);
        }

        if (fields.Identity is not null && Of(conversation).Any(participant => participant.Identity == fields.Identity))
        {
            return ("409 50433", this);
        }

        if (
            fields.Proxy is not null
            && after.Pair is not null
            && participants.Values.FirstOrDefault(participant =>
                participant.Pair == after.Pair && conversations[participant.Conversation].IsOpen
            )
                is { } holder
        )
        {
            return ($"409 50416 {holder.Conversation}", this);
        }

        return ($"{success} {after.Text}", next);
    }

    private string? GroupError(ModelConversation conversation, ModelParticipant after, string? key)
    {
        var others = Of(conversation).Where(participant => participant.Sid != after.Sid).ToList();
        var same = others.Any(other => other with { Sid = after.Sid } == after);
        return after.IsPlainChat ? "400 50434"
            : !after.HasGroupNumber ? "400 50407"
            : others.Any(other => other.IsPlainChat || !other.HasGroupNumber) ? "400 50435"
            : others.Count >= 10 ? "400 50436"
            : same ? "409 50437"
            : HolderOf(key, conversation) is { } holder ? $"409 50438 {holder.Sid}"
            : null;
    }

    // Applies an update to the binding, or returns the error that forbids it.
    private static string? ChangeBinding(ModelParticipant participant, Fields fields, out ModelParticipant after)
    {
        after = participant;
        switch (fields.Proxy)
        {
            case null:
                break;
            case None when participant.Proxy is null:
                return "400 50440";
            case None:
                after = after with { Proxy = null };
                break;
            case var proxy when participant.Address is null || participant.Proxy is not null:
                return "400 50441";
            case var proxy
                when (participant.Type == "whatsapp") != proxy.StartsWith("whatsapp:", StringComparison.Ordinal):
                return "400 50414";
            case var proxy:
                after = after with { Proxy = proxy };
                break;
        }

        switch (fields.Projected)
        {
            case null:
                break;
            case None when participant.Projected is null || participant.Identity is null:
                return "400 50442";
            case None:
                after = after with { Projected = null };
                break;
            case var projected when participant.Type is not null:
                return "400 50443";
            case var projected:
                after = after with { Projected = projected };
                break;
        }

        if (fields.Identity is not null && (after.Identity is not null || after.Projected is null))
        {
            return "400 50444";
        }

        after = after with { Identity = fields.Identity ?? after.Identity };
        return null;
    }

    // The key of a group text of three or more members is the set of their addresses.
    private string? KeyOf(ModelConversation conversation)
    {
        string[] addresses =
        [
            .. Of(conversation).Select(participant => participant.Address ?? participant.Projected).OfType<string>(),
        ];
        return addresses.Length < 3 || !IsGroup(conversation)
            ? null
            : string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal));
    }

    // No change is refused that leaves the group the set that it has.
    private ModelConversation? HolderOf(string? key, ModelConversation except) =>
        key is null || KeyOf(except) == key
            ? null
            : conversations.Values.FirstOrDefault(conversation =>
                conversation.IsOpen && conversation.Sid != except.Sid && KeyOf(conversation) == key
            );

    private bool IsGroup(ModelConversation conversation) => Of(conversation).Any(participant => participant.IsInGroup);

    private bool NameIsTaken(ModelConversation conversation) =>
        conversation.Name is not null
        && conversations.Values.Any(other => other.Name == conversation.Name && other.Sid != conversation.Sid);

    private IEnumerable<ModelParticipant> Of(ModelConversation conversation) =>
        participants.Values.Where(participant => participant.Conversation == conversation.Sid);

    private IEnumerable<ModelMessage> MessagesOf(ModelConversation conversation) =>
        messages.Values.Where(message => message.Conversation == conversation.Sid).OrderBy(message => message.Index);

    // The author is an identity, else an address, else a projected address. Of several participants with the same
    // address it is the first.
    private ModelParticipant? AuthorIn(ModelConversation conversation, string author) =>
        Of(conversation).FirstOrDefault(participant => participant.Identity == author)
        ?? Of(conversation).FirstOrDefault(participant => participant.Address == author)
        ?? Of(conversation).FirstOrDefault(participant => participant.Projected == author);

    private bool IsStranger(ModelConversation conversation, ModelMessage message) =>
        message.Participant is null && IsGroup(conversation);

    private ModelConversation? Find(string sidOrName) =>
        conversations.GetValueOrDefault(sidOrName)
        ?? conversations.Values.FirstOrDefault(conversation => conversation.Name == sidOrName);

    private ModelParticipant? Find(ModelConversation conversation, string sidOrIdentity) =>
        Of(conversation)
            .FirstOrDefault(participant => participant.Sid == sidOrIdentity || participant.Identity == sidOrIdentity);

    private Model With(ModelConversation conversation) =>
        new(conversations.SetItem(conversation.Sid, conversation), participants, messages);

    private static ModelParticipant New(string sid, ModelConversation conversation, Fields fields) =>
        new(sid, conversation.Sid, fields.Identity, fields.Address, fields.Proxy, fields.Projected);

    private static string TextOf(ModelConversation conversation) =>
        $"{conversation.Sid} {conversation.Name} {conversation.State}";
}
