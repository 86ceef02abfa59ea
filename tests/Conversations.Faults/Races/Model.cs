using System.Collections.Immutable;

namespace Conversations.Faults.Races;

/// <summary>A conversation, as far as the rules go.</summary>
/// <param name="GroupKey">The set of addresses that the conversation, as a group text, keeps from all others; null when it holds none.</param>
public sealed record Room(string Sid, string? Name, string State, string? GroupKey)
{
    public bool IsOpen => State != "closed";
}

/// <summary>A participant, as far as the rules go.</summary>
public sealed record Member(
    string Sid,
    string Room,
    string? Identity,
    string? Address,
    string? Proxy,
    string? Projected
)
{
    public string? Type =>
        Projected is not null ? "sms"
        : Address is null ? null
        : Address.StartsWith("whatsapp:", StringComparison.Ordinal) ? "whatsapp"
        : "sms";

    public string? Pair => Address is null || Proxy is null ? null : $"{Address} {Proxy}";

    public bool IsInGroup => Projected is not null || (Type == "sms" && Proxy is null);

    /// <summary>Whether its phone number may be in a group text: Britain is the only other country here.</summary>
    public bool HasGroupNumber => Type != "sms" || (Address ?? Projected)!.StartsWith("+1", StringComparison.Ordinal);

    public bool IsPlainChat => Identity is not null && Projected is null;

    public string Text => $"{Sid} {Identity}|{Address}|{Proxy}|{Projected}";
}

/// <summary>
/// The rules of identity, pair, group, close and delete once more, in the plainest words: one account's conversations and participants in
/// memory, changed by one request after the other. It never changes itself; a request gives the next one.
/// </summary>
/// <remarks>
/// An answer is the status with, of a success, what the rules speak of (SIDs, identity, addresses, state), and of an error its code, with the
/// SID its text names.
/// </remarks>
public sealed class Model(
    ImmutableSortedDictionary<string, Room> rooms,
    ImmutableSortedDictionary<string, Member> members
)
{
    public static readonly Model Empty = new(
        ImmutableSortedDictionary.Create<string, Room>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal)
    );

    private const string NotFound = "404 20404";
    private const string Closed = "400 50377";
    private const string None = "null";

    private string? text;

    /// <summary>All there is, so that two models are the same if this is.</summary>
    public string Text =>
        text ??= string.Join(
            '\n',
            rooms
                .Values.Select(room => $"{TextOf(room)} [{room.GroupKey}]")
                .Concat(members.Values.Select(member => $"{member.Room} {member.Text}"))
        );

    /// <param name="newSid">The SID that the server gave to what the request creates.</param>
    public (string Answer, Model Next) After(Sent sent, string? newSid) =>
        sent.Verb switch
        {
            Verb.ListConversations => ($"200 {string.Join(", ", rooms.Values.Select(TextOf))}", this),
            Verb.CreateConversation => Create(
                new(newSid ?? "?", sent.Fields.Name, sent.Fields.State ?? "active", GroupKey: null)
            ),
            _ => Find(sent.Conversation) is { } room ? In(room, sent, newSid) : (NotFound, this),
        };

    private (string Answer, Model Next) In(Room room, Sent sent, string? newSid) =>
        sent.Verb switch
        {
            Verb.FetchConversation => ($"200 {TextOf(room)}", this),
            Verb.DeleteConversation => (
                "204",
                new(rooms.Remove(room.Sid), members.RemoveRange(Of(room).Select(member => member.Sid)))
            ),
            Verb.ListParticipants => ($"200 {string.Join(", ", Of(room).Select(member => member.Text))}", this),
            Verb.AddParticipant when room.IsOpen => Put(
                room,
                before: null,
                New(newSid ?? "?", room, sent.Fields),
                sent.Fields,
                "201"
            ),
            Verb.UpdateConversation when room.IsOpen => Update(room, sent.Fields),
            Verb.AddParticipant or Verb.UpdateConversation => (Closed, this),
            _ => Find(room, sent.Member) is { } member ? On(room, member, sent) : (NotFound, this),
        };

    private (string Answer, Model Next) On(Room room, Member member, Sent sent)
    {
        if (sent.Verb == Verb.FetchParticipant)
        {
            return ($"200 {member.Text}", this);
        }

        if (!room.IsOpen)
        {
            return (Closed, this);
        }

        if (sent.Verb == Verb.RemoveParticipant)
        {
            var without = new Model(rooms, members.Remove(member.Sid));
            return ("204", IsGroup(room) ? without.Shrink(room) : without);
        }

        if (sent.Fields == new Fields())
        {
            return ($"200 {member.Text}", this);
        }

        return Rebound(member, sent.Fields, out var after) is { } error
            ? (error, this)
            : Put(room, member, after, sent.Fields, "200");
    }

    private (string Answer, Model Next) Create(Room room) =>
        NameIsTaken(room) ? ("409 50353", this) : ($"201 {TextOf(room)}", With(room));

    private (string Answer, Model Next) Update(Room room, Fields fields)
    {
        var after = room with { Name = fields.Name ?? room.Name, State = fields.State ?? room.State };
        return NameIsTaken(after)
            ? ("409 50353", this)
            : ($"200 {TextOf(after)}", With(after.IsOpen ? after : after with { GroupKey = null }));
    }

    // A participant comes (before is null) or changes. Twilio's order: the group's rules, the identity, the pair.
    private (string Answer, Model Next) Put(Room room, Member? before, Member after, Fields fields, string success)
    {
        var leavesGroup = before is { IsInGroup: true } && !after.IsInGroup && after.Address is null;
        var isGroupChange = (IsGroup(room) || after.IsInGroup) && !leavesGroup;
        var next = new Model(rooms, members.SetItem(after.Sid, after));
        var key = next.KeyOf(room);
        if (isGroupChange && GroupError(room, after, key) is { } error)
        {
            return (error, this);
        }

        if (fields.Identity is not null && Of(room).Any(member => member.Identity == fields.Identity))
        {
            return ("409 50433", this);
        }

        if (
            fields.Proxy is not null
            && after.Pair is not null
            && members.Values.FirstOrDefault(member => member.Pair == after.Pair && rooms[member.Room].IsOpen)
                is { } holder
        )
        {
            return ($"409 50416 {holder.Room}", this);
        }

        return (
            $"{success} {after.Text}",
            isGroupChange ? next.With(room with { GroupKey = key })
            : IsGroup(room) ? next.Shrink(room)
            : next
        );
    }

    private string? GroupError(Room room, Member after, string? key)
    {
        var others = Of(room).Where(member => member.Sid != after.Sid).ToList();
        var same = others.Any(other => other with { Sid = after.Sid } == after);
        return after.IsPlainChat ? "400 50434"
            : !after.HasGroupNumber ? "400 50407"
            : others.Any(other => other.IsPlainChat || !other.HasGroupNumber) ? "400 50435"
            : others.Count >= 10 ? "400 50436"
            : same ? "409 50437"
            : HolderOf(key, room) is { } holder ? $"409 50438 {holder.Sid}"
            : null;
    }

    // What an update may do to a binding; the error if it may not.
    private static string? Rebound(Member member, Fields fields, out Member after)
    {
        after = member;
        switch (fields.Proxy)
        {
            case null:
                break;
            case None when member.Proxy is null:
                return "400 50440";
            case None:
                after = after with { Proxy = null };
                break;
            case var proxy when member.Address is null || member.Proxy is not null:
                return "400 50441";
            case var proxy when (member.Type == "whatsapp") != proxy.StartsWith("whatsapp:", StringComparison.Ordinal):
                return "400 50414";
            case var proxy:
                after = after with { Proxy = proxy };
                break;
        }

        switch (fields.Projected)
        {
            case null:
                break;
            case None when member.Projected is null || member.Identity is null:
                return "400 50442";
            case None:
                after = after with { Projected = null };
                break;
            case var projected when member.Type is not null:
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

    // After somebody left a group. A set that another group holds by then is not held twice.
    private Model Shrink(Room room)
    {
        var key = KeyOf(room);
        return With(room with { GroupKey = HolderOf(key, room) is null ? key : null });
    }

    // From three on, a group text is the set of its members' addresses.
    private string? KeyOf(Room room)
    {
        string[] addresses = [.. Of(room).Select(member => member.Address ?? member.Projected).OfType<string>()];
        return addresses.Length < 3 || !IsGroup(room)
            ? null
            : string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal));
    }

    private Room? HolderOf(string? key, Room except) =>
        key is null ? null : rooms.Values.FirstOrDefault(room => room.GroupKey == key && room.Sid != except.Sid);

    private bool IsGroup(Room room) => Of(room).Any(member => member.IsInGroup);

    private bool NameIsTaken(Room room) =>
        room.Name is not null && rooms.Values.Any(other => other.Name == room.Name && other.Sid != room.Sid);

    private IEnumerable<Member> Of(Room room) => members.Values.Where(member => member.Room == room.Sid);

    private Room? Find(string sidOrName) =>
        rooms.GetValueOrDefault(sidOrName) ?? rooms.Values.FirstOrDefault(room => room.Name == sidOrName);

    private Member? Find(Room room, string sidOrIdentity) =>
        Of(room).FirstOrDefault(member => member.Sid == sidOrIdentity || member.Identity == sidOrIdentity);

    private Model With(Room room) => new(rooms.SetItem(room.Sid, room), members);

    private static Member New(string sid, Room room, Fields fields) =>
        new(sid, room.Sid, fields.Identity, fields.Address, fields.Proxy, fields.Projected);

    private static string TextOf(Room room) => $"{room.Sid} {room.Name} {room.State}";
}
