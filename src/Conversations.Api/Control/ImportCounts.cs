using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Users;

namespace Conversations.Api.Control;

/// <summary>The numbers that rows of a document keep about other rows, where the document does not give them.</summary>
internal sealed class ImportCounts(IReadOnlyList<ImportedRow> rows)
{
    // The number of addresses from which on a group text has a set that no other may have.
    private const int SmallestGroup = 3;

    private readonly ILookup<string, Participant> members = All<Participant>(rows).ToLookup(p => p.ConversationSid);

    private readonly ILookup<string?, Participant> open = All<Participant>(rows)
        .Where(p => !p.ConversationClosed)
        .ToLookup(p => p.UserSid);

    private readonly ILookup<string, Message> messages = All<Message>(rows).ToLookup(m => m.ConversationSid);

    private readonly ILookup<string, Receipt> receipts = All<Receipt>(rows).ToLookup(r => r.MessageSid);

    public void SetConversation(ImportedRow row)
    {
        var conversation = (Conversation)row.Entity;
        var own = members[conversation.Sid];
        var next = messages[conversation.Sid].Select(m => m.Index + 1).DefaultIfEmpty().Max();
        row.Default(nameof(Conversation.NextMessageIndex), next);
        row.Default(nameof(Conversation.ParticipantCount), own.Count());
        row.Default(nameof(Conversation.NonChatCount), own.Count(p => p.IsNonChat));
        row.Default(nameof(Conversation.GroupCount), own.Count(p => p.IsInGroup));
        string[] addresses = [.. own.Select(p => p.Address ?? p.ProjectedAddress).OfType<string>()];
        if (conversation is { IsGroup: true, IsClosed: false } && addresses.Length >= SmallestGroup)
        {
            var set = Digest.Of(string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal)));
            row.Default(nameof(Conversation.GroupSet), set);
            row.Default(nameof(Conversation.GroupKey), set);
        }
    }

    public void SetUser(ImportedRow row) =>
        row.Default(nameof(User.ConversationCount), open[((User)row.Entity).Sid].Count());

    public void SetMessage(ImportedRow row)
    {
        var message = (Message)row.Entity;
        var author = members[message.ConversationSid ?? ""]
            .FirstOrDefault(p => (p.Identity ?? p.Address) == message.Author);
        row.Default(nameof(Message.ParticipantSid), author?.Sid);
        string?[] statuses = [.. receipts[message.Sid].Select(receipt => receipt.Status)];
        row.Default(nameof(Message.ReceiptCount), statuses.Any(status => status is not null) ? statuses.Length : 0);
        row.Default(nameof(Message.SentCount), statuses.Count(s => s is not (null or ReceiptStatus.Failed)));
        row.Default(
            nameof(Message.DeliveredCount),
            statuses.Count(s => s is ReceiptStatus.Delivered or ReceiptStatus.Read)
        );
        row.Default(nameof(Message.ReadCount), statuses.Count(s => s is ReceiptStatus.Read));
        row.Default(nameof(Message.FailedCount), statuses.Count(s => s is ReceiptStatus.Failed));
        row.Default(nameof(Message.UndeliveredCount), statuses.Count(s => s is ReceiptStatus.Undelivered));
    }

    private static IEnumerable<T> All<T>(IReadOnlyList<ImportedRow> rows) => rows.Select(row => row.Entity).OfType<T>();
}
