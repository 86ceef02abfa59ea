using System.Text.Json;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>
/// The rules that the stored rows must keep at all times, among them all data that the server derives. Each rule has a
/// name.
/// </summary>
public static class Invariants
{
    /// <summary>Each rule returns the rows that break it.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Snapshot, IEnumerable<string>>> All = new Dictionary<
        string,
        Func<Snapshot, IEnumerable<string>>
    >
    {
        ["A conversation counts its participants"] = rows =>
            Sids(rows.Conversations.Where(c => c.ParticipantCount != rows.Members[c.Sid].Count())),
        ["A conversation counts its participants without identity"] = rows =>
            Sids(rows.Conversations.Where(c => c.NonChatCount != rows.Members[c.Sid].Count(p => p.IsNonChat))),
        ["A conversation counts the members of its group text"] = rows =>
            Sids(rows.Conversations.Where(c => c.GroupCount != rows.Members[c.Sid].Count(p => p.IsInGroup))),
        ["A conversation is within its limits"] = rows =>
            Sids(
                rows.Conversations.Where(c =>
                    rows.Members[c.Sid].Count() > ConversationLock.MaxParticipants
                    || rows.Members[c.Sid].Count(p => p.IsNonChat) > ConversationLock.MaxNonChatParticipants
                    || (c.IsGroup && rows.Members[c.Sid].Count() > GroupText.MaxParticipants)
                )
            ),
        ["A group's key is the set of its addresses, and only an open group of three has one"] = rows =>
            Sids(rows.Conversations.Where(c => !IsKeyRight(c, [.. rows.Members[c.Sid]]))),
        ["No two open groups have the same key"] = rows =>
            Twice(rows.Conversations.Where(c => c.GroupKey is not null), c => $"{c.AccountSid} {c.GroupKey}"),
        ["No two conversations of a service have the same unique name"] = rows =>
            Twice(rows.Conversations.Where(c => c.UniqueName is not null), c => $"{c.ChatServiceSid} {c.UniqueName}"),
        ["A conversation is in a state that Twilio knows"] = rows =>
            Sids(rows.Conversations.Where(c => !ConversationState.IsKnown(c.State) && !c.IsInitializing)),
        ["A conversation has a setup while it is initializing"] = rows =>
            Sids(rows.Conversations.Where(c => c.IsInitializing != rows.Setups.ContainsKey(c.Sid))),
        ["A setup belongs to a conversation of its account"] = rows =>
            rows.Setups.Values.Where(s =>
                    rows.Conversations.FirstOrDefault(c => c.Sid == s.ConversationSid)?.AccountSid != s.AccountSid
                )
                .Select(s => s.ConversationSid),
        ["A setup gives its conversation an open state, and counts its participants"] = rows =>
            rows.Setups.Values.Where(s =>
                    s.State is not (ConversationState.Active or ConversationState.Inactive)
                    || s.ParticipantCount < rows.Members[s.ConversationSid].Count()
                )
                .Select(s => s.ConversationSid),
        ["A participant is pending while its conversation is initializing"] = rows =>
            Sids(rows.Participants.Where(p => rows.Conversation(p) is { } c && p.Pending != c.IsInitializing)),
        ["A closed conversation has no date of a timer"] = rows =>
            Sids(rows.Conversations.Where(c => c.IsClosed && (c.DateInactive ?? c.DateClosed) is not null)),
        ["A timer that is set has a date while its conversation is open"] = rows =>
            Sids(
                rows.Conversations.Where(c =>
                    c is { IsClosed: false, IsInitializing: false }
                    && (
                        (c.InactiveTimer is null) != (c.DateInactive is null)
                        || (c.ClosedTimer is null) != (c.DateClosed is null)
                    )
                )
            ),
        ["A conversation belongs to a service of its account"] = rows =>
            Sids(rows.Conversations.Where(c => rows.Service(c.ChatServiceSid) != c.AccountSid)),
        ["A pair of addresses routes while its conversation is open"] = rows =>
            Sids(
                rows.Participants.Where(p =>
                    rows.Conversation(p) is { IsClosed: false }
                    && p.ActiveBinding != Participant.PairOf(p.Address, p.ProxyAddress)
                )
            ),
        ["A closed conversation holds no pair"] = rows =>
            Sids(
                rows.Participants.Where(p => rows.Conversation(p) is { IsClosed: true } && p.ActiveBinding is not null)
            ),
        ["A participant knows whether its conversation is closed"] = rows =>
            Sids(rows.Participants.Where(p => rows.Conversation(p) is { } c && c.IsClosed != p.ConversationClosed)),
        ["A pair of addresses belongs to one participant"] = rows =>
            Twice(rows.Participants.Where(p => p.ActiveBinding is not null), p => $"{p.AccountSid} {p.ActiveBinding}"),
        ["An identity is in a conversation once"] = rows =>
            Twice(rows.Participants.Where(p => p.Identity is not null), p => $"{p.ConversationSid} {p.Identity}"),
        ["A participant is in a conversation of its account and service"] = rows =>
            Sids(
                rows.Participants.Where(p =>
                    rows.Conversation(p) is not { } c
                    || (c.AccountSid, c.ChatServiceSid) != (p.AccountSid, p.ChatServiceSid)
                )
            ),
        ["A participant has a conversation role of its service"] = rows =>
            Sids(rows.Participants.Where(p => rows.RoleType(p.RoleSid, p.ChatServiceSid) != RoleType.Conversation)),
        ["A participant has the identity of its user"] = rows =>
            Sids(
                rows.Participants.Where(p =>
                    p.UserSid is null
                        ? p.Identity is not null
                        : !rows.Users.TryGetValue(p.UserSid, out var user)
                            || (user.Identity, user.ChatServiceSid) != (p.Identity, p.ChatServiceSid)
                )
            ),
        ["A participant has a notification level, and only a user has muted a conversation"] = rows =>
            Sids(
                rows.Participants.Where(p =>
                    p.NotificationLevel != NotificationLevel.Default
                    && (p.NotificationLevel != NotificationLevel.Muted || p.UserSid is null)
                )
            ),
        ["A read horizon is an index with a date"] = rows =>
            Sids(
                rows.Participants.Where(p =>
                    p.LastReadMessageIndex is { } index && (index < 0 || p.LastReadTimestamp is null)
                )
            ),
        ["A message is in a conversation of its account and service"] = rows =>
            Sids(
                rows.Messages.Where(m =>
                    rows.Conversation(m) is not { } c
                    || (c.AccountSid, c.ChatServiceSid) != (m.AccountSid, m.ChatServiceSid)
                )
            ),
        ["The participant of a message is one of its conversation, with the author's address if it has one"] = rows =>
            Sids(
                rows.Messages.Where(m =>
                    rows.Participant(m.ParticipantSid) is { } p
                    && (p.ConversationSid != m.ConversationSid || (p.Address ?? m.Author) != m.Author)
                )
            ),
        ["No two messages of a conversation have the same index"] = rows =>
            Twice(rows.Messages, m => $"{m.ConversationSid} {m.Index}"),
        ["A conversation's next message index is greater than all of its messages have"] = rows =>
            Sids(rows.Messages.Where(m => m.Index < 0 || rows.Conversation(m)?.NextMessageIndex <= m.Index)),
        ["A media object belongs to one message of a service"] = rows =>
            Twice(rows.Messages.Where(m => m.MediaSid is not null), m => $"{m.ChatServiceSid} {m.MediaSid}"),
        ["A message has a text, media or a content template"] = rows =>
            Sids(
                rows.Messages.Where(m =>
                    new[] { m.Body, m.MediaSid, m.ContentSid }.Count(value => value is not null) != 1
                )
            ),
        ["A message counts the statuses of its receipts"] = rows =>
            Sids(rows.Messages.Where(m => !IsCounted(m, [.. rows.ReceiptsOf[m.Sid]]))),
        ["A receipt is of a message of its account, service and conversation"] = rows =>
            Sids(
                rows.Receipts.Where(r =>
                    rows.Message(r.MessageSid) is not { } m
                    || (m.AccountSid, m.ChatServiceSid) != (r.AccountSid, r.ChatServiceSid)
                    || m.ConversationSid != r.ConversationSid
                )
            ),
        ["A receipt is for a participant of its conversation that has an address"] = rows =>
            Sids(
                rows.Receipts.Where(r =>
                    rows.Participant(r.ParticipantSid) is { } p
                    && (p.Address is null || p.ConversationSid != r.ConversationSid)
                )
            ),
        // The author of a new message has none. But an update may name another author, who has received it.
        ["A message has one receipt for a participant"] = rows =>
            Twice(rows.Receipts, r => $"{r.MessageSid} {r.ParticipantSid}"),
        ["A receipt has a status on the way to its outcome, and a failure has an error code"] = rows =>
            Sids(rows.Receipts.Where(r => !IsOnItsWay(r) || r.ErrorCode is null == IsFailure(r.Outcome))),
        ["A receipt has a next step until it has its outcome"] = rows =>
            Sids(rows.Receipts.Where(r => r.IsFinal != r.NextStep is null)),
        ["An identity belongs to one user of a service"] = rows =>
            Twice(rows.Users.Values, u => $"{u.ChatServiceSid} {u.Identity}"),
        ["A user counts its open conversations"] = rows =>
            Sids(
                rows.Users.Values.Where(u =>
                    u.ConversationCount
                    != rows.Memberships[u.Sid].Count(p => rows.Conversation(p) is { IsClosed: false })
                )
            ),
        ["A user is within its limit"] = rows =>
            Sids(rows.Users.Values.Where(u => u.ConversationCount > User.MaxConversations)),
        ["A user has a service role of its service"] = rows =>
            Sids(rows.Users.Values.Where(u => rows.RoleType(u.RoleSid, u.ChatServiceSid) != RoleType.Service)),
        ["A role belongs to a service of its account"] = rows =>
            Sids(rows.Roles.Values.Where(r => rows.Service(r.ChatServiceSid) != r.AccountSid)),
        ["A service has its default roles"] = rows =>
            Sids(
                rows.Services.Values.Where(s =>
                    rows.RoleType(s.DefaultConversationCreatorRoleSid, s.Sid) != RoleType.Conversation
                    || rows.RoleType(s.DefaultConversationRoleSid, s.Sid) != RoleType.Conversation
                    || rows.RoleType(s.DefaultChatServiceRoleSid, s.Sid) != RoleType.Service
                )
            ),
        ["An account has its default service"] = rows =>
            rows.Accounts.Where(a => rows.Service(a.DefaultChatServiceSid) != a.Sid).Select(a => a.Sid),
        ["A webhook belongs to a conversation"] = rows =>
            Sids(rows.Webhooks.Where(w => !rows.Conversations.Any(c => c.Sid == w.ConversationSid))),
        ["Webhook settings belong to an account or a service"] = rows =>
            rows.Settings.Select(s => s.OwnerSid)
                .Where(owner => !rows.Services.ContainsKey(owner) && !rows.Accounts.Any(a => a.Sid == owner)),
        ["A queued event can be sent"] = rows => rows.Deliveries.Where(d => !CanBeSent(d)).Select(d => $"{d.Id}"),
    };

    /// <summary>Fails with the names of the rules that an account's rows break.</summary>
    public static async Task HoldAsync(Twilio twilio)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        Hold(
            await Snapshot.OfAsync(
                scope.ServiceProvider.GetRequiredService<ConversationsDbContext>(),
                twilio.AccountSid
            )
        );
    }

    public static void Hold(Snapshot rows) => Assert.Empty(BrokenBy(rows));

    /// <summary>The names of the broken rules, each with the rows that break it.</summary>
    public static IReadOnlyList<string> BrokenBy(Snapshot rows) =>
        [
            .. All.Select(rule => (rule.Key, Rows: rule.Value(rows).ToList()))
                .Where(rule => rule.Rows is not [])
                .Select(rule => $"{rule.Key}: {string.Join(", ", rule.Rows)}"),
        ];

    private static bool IsKeyRight(Conversation conversation, IReadOnlyList<Participant> members)
    {
        var addresses = members.Select(p => p.Address ?? p.ProjectedAddress).OfType<string>().ToList();

        var set =
            conversation.IsClosed || !members.Any(p => p.IsInGroup) || addresses.Count < 3
                ? null
                : Digest.Of(string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal)));

        // A group that shrinks to the addresses of another group has no key.
        return conversation.GroupSet == set && (conversation.GroupKey is null || conversation.GroupKey == set);
    }

    private static bool IsCounted(Message message, IReadOnlyList<Receipt> receipts)
    {
        string?[] statuses = [.. receipts.Select(receipt => receipt.Status)];
        var known = statuses.Any(status => status is not null);
        return message.ReceiptCount == (known ? receipts.Count : 0)
            && message.SentCount == statuses.Count(s => s is "sent" or "delivered" or "read" or "undelivered")
            && message.DeliveredCount == statuses.Count(s => s is "delivered" or "read")
            && message.ReadCount == statuses.Count(s => s is "read")
            && message.FailedCount == statuses.Count(s => s is "failed")
            && message.UndeliveredCount == statuses.Count(s => s is "undelivered");
    }

    private static bool IsOnItsWay(Receipt receipt) =>
        (
            receipt.Outcome == ReceiptStatus.Delivered
            || receipt.Outcome == ReceiptStatus.Read
            || IsFailure(receipt.Outcome)
        )
        && (
            receipt.Status is null
            || receipt.Status == receipt.Outcome
            || (receipt.Status == ReceiptStatus.Sent && receipt.Outcome != ReceiptStatus.Failed)
            || (receipt.Status == ReceiptStatus.Delivered && receipt.Outcome == ReceiptStatus.Read)
        );

    private static bool IsFailure(string outcome) => outcome is ReceiptStatus.Failed or ReceiptStatus.Undelivered;

    private static bool CanBeSent(WebhookDelivery delivery) =>
        delivery.Queue.Length > 0
        && delivery.Attempts >= 0
        && CallableUrl.Is(delivery.Url)
        && JsonSerializer
            .Deserialize<List<KeyValuePair<string, string>>>(delivery.Body)!
            .Any(field => field is { Key: "EventType" } && field.Value == delivery.EventType);

    private static IEnumerable<string> Sids(IEnumerable<Resource> rows) => rows.Select(row => row.Sid);

    private static IEnumerable<string> Twice<T>(IEnumerable<T> rows, Func<T, string> key) =>
        rows.GroupBy(key).Where(group => group.Count() > 1).Select(group => group.Key);
}
