using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>Finds the conversation of a message from a phone, in any chat service of the account.</summary>
internal sealed class InboundRouting(ConversationsDbContext db, ConversationTimers timers)
{
    /// <summary>
    /// The participant that the phone writes as: the one that holds the pair of both addresses, or the member of the
    /// group text with exactly these addresses. An email goes to the newest conversation that has the participant and
    /// writes from the other address; that is a guess, because Twilio follows the thread of the email. Null for none: a
    /// closed conversation receives nothing.
    /// </summary>
    public async Task<Member?> FindAsync(string accountSid, CheckedInbound inbound, CancellationToken cancellationToken)
    {
        var route = Route(accountSid, inbound);
        var found = await route.FirstOrDefaultAsync(cancellationToken);
        return found is not null && await timers.SettleAsync([found.Conversation], cancellationToken)
            ? await route.FirstOrDefaultAsync(cancellationToken)
            : found;
    }

    /// <summary>Why <see cref="FindAsync"/> found nothing, for the caller.</summary>
    public async Task<string> ExplainAsync(
        string accountSid,
        CheckedInbound inbound,
        CancellationToken cancellationToken
    )
    {
        if (inbound.To is not [var proxyAddress])
        {
            return "No open group text has exactly these addresses.";
        }

        var closed = await Senders(accountSid, inbound)
            .Where(p => p.ProxyAddress == proxyAddress && p.ConversationClosed)
            .OrderByDescending(p => p.Sid)
            .Select(p => p.ConversationSid)
            .FirstOrDefaultAsync(cancellationToken);
        return "No open conversation has a participant with this address and this proxy address."
            + (closed is null ? "" : $" {closed} had one and is closed.");
    }

    private IQueryable<Member> Route(string accountSid, CheckedInbound inbound)
    {
        var (conversations, senders) = (db.Set<Conversation>().Live(db), Senders(accountSid, inbound));
        if (inbound is { Type: AddressType.Email, To: [var address] })
        {
            return from sender in senders
                join conversation in conversations on sender.ConversationSid equals conversation.Sid
                where !sender.ConversationClosed && !sender.Pending && conversation.EmailAddress == address
                orderby conversation.Sid descending
                select new Member(sender, conversation);
        }

        if (inbound.To is [var proxyAddress])
        {
            var pair = Participant.PairOf(inbound.From, proxyAddress);
            return from sender in db.Set<Participant>()
                join conversation in conversations on sender.ConversationSid equals conversation.Sid
                where sender.AccountSid == accountSid && sender.ActiveBinding == pair
                select new Member(sender, conversation);
        }

        // Of several groups with the set, the one that no other may join.
        var set = GroupText.SetOf([inbound.From, .. inbound.To]) ?? "";
        return from sender in senders
            join conversation in conversations on sender.ConversationSid equals conversation.Sid
            where conversation.AccountSid == accountSid && conversation.GroupSet == set
            orderby conversation.GroupKey == null, conversation.Sid
            select new Member(sender, conversation);
    }

    // The index of addresses begins with the chat service.
    private IQueryable<Participant> Senders(string accountSid, CheckedInbound inbound) =>
        db.Set<ChatService>()
            .Where(s => s.AccountSid == accountSid)
            .Join(
                db.Set<Participant>().Where(p => p.Address == inbound.From),
                s => s.Sid,
                p => p.ChatServiceSid,
                (s, p) => p
            );
}
