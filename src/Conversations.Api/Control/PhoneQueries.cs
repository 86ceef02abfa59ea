using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// What phones have received. A phone has no rows of its own: it is the address of participants, and what it has
/// received are the receipts of these participants. So it has nothing of a participant that is removed.
/// </summary>
internal sealed class PhoneQueries(ConversationsDbContext db)
{
    private const int DefaultLimit = 50;

    private const int MaxLimit = 1000;

    /// <summary>The latest messages to a phone that match, oldest first.</summary>
    public async Task<IReadOnlyList<PhoneMessageResource>> ReceivedAsync(
        string accountSid,
        string address,
        PhoneQuery query,
        CancellationToken cancellationToken
    )
    {
        var (since, status) = (query.Since ?? "", query.Status);
        var latest =
            from participant in Bound(accountSid).Where(p => p.Address == address)
            join message in db.Set<Message>() on participant.ConversationSid equals message.ConversationSid
            join receipt in db.Set<Receipt>() on message.Sid equals receipt.MessageSid
            where
                receipt.ParticipantSid == participant.Sid
                && message.Sid.CompareTo(since) > 0
                && (status == null || receipt.Status == status)
            orderby receipt.Sid descending
            select new Received(
                message,
                receipt,
                participant.ProxyAddress,
                ShownParticipants
                    .Of(db)
                    .Where(author =>
                        author.Sid == message.ParticipantSid && author.ConversationSid == message.ConversationSid
                    )
                    .Select(author => author.ProjectedAddress ?? author.Address)
                    .FirstOrDefault()
            );
        var rows = await latest
            .Take(Filters.LimitOf(query.Limit, DefaultLimit, MaxLimit))
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return [.. rows.Select(row => row.To(address))];
    }

    /// <summary>The phones of the account, at most <see cref="MaxLimit"/>, sorted by address.</summary>
    public async Task<IReadOnlyList<PhoneCountResource>> ListAsync(
        string accountSid,
        CancellationToken cancellationToken
    )
    {
        // The receipts of all messages are read once, and not once for each participant of a conversation.
        var received =
            from service in Services(accountSid)
            join conversation in db.Set<Conversation>() on service.Sid equals conversation.ChatServiceSid
            join message in db.Set<Message>() on conversation.Sid equals message.ConversationSid
            join receipt in db.Set<Receipt>() on message.Sid equals receipt.MessageSid
            group receipt by receipt.ParticipantSid into receipts
            select new { ParticipantSid = receipts.Key, Messages = receipts.Count() };
        var phones =
            from participant in Bound(accountSid)
            join counted in received on participant.Sid equals counted.ParticipantSid into counts
            from count in counts.DefaultIfEmpty()
            group (int?)count.Messages by participant.Address into byAddress
            orderby byAddress.Key
            select new PhoneCountResource(byAddress.Key, byAddress.Sum() ?? 0);
        return await phones.Take(MaxLimit).ToListAsync(cancellationToken);
    }

    private IQueryable<ChatService> Services(string accountSid) =>
        db.Set<ChatService>().Where(s => s.AccountSid == accountSid);

    // The index of addresses begins with the chat service.
    private IQueryable<Participant> Bound(string accountSid) =>
        Services(accountSid)
            .Join(
                db.Set<Participant>().Where(p => p.Address != null && !p.Pending),
                s => s.Sid,
                p => p.ChatServiceSid,
                (s, p) => p
            );

    /// <param name="ProxyAddress">Null in a group text.</param>
    /// <param name="AuthorAddress">Null if the author is no participant with a number.</param>
    private sealed record Received(Message Message, Receipt Receipt, string? ProxyAddress, string? AuthorAddress)
    {
        public PhoneMessageResource To(string address) =>
            new(
                Message.Sid,
                Message.ConversationSid,
                ProxyAddress ?? AuthorAddress ?? Message.Author,
                address,
                Message.Body,
                MediaResource.Of(Message) ?? [],
                Receipt.Status,
                Receipt.IsFinal ? Receipt.ErrorCode : null,
                Receipt.DateCreated
            );
    }
}
