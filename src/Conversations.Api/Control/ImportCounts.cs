using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;

namespace Conversations.Api.Control;

/// <summary>The numbers that rows of a document keep about other rows, where the document does not give them.</summary>
internal static class ImportCounts
{
    // The number of addresses from which on a group text has a set that no other may have.
    private const int SmallestGroup = 3;

    public static void SetConversation(ImportedRow row, IReadOnlyList<ImportedRow> rows)
    {
        var conversation = (Conversation)row.Entity;
        var members = All<Participant>(rows).Where(p => p.ConversationSid == conversation.Sid).ToList();
        var messages = All<Message>(rows).Where(m => m.ConversationSid == conversation.Sid);
        row.Default(nameof(Conversation.NextMessageIndex), messages.Select(m => m.Index + 1).DefaultIfEmpty().Max());
        row.Default(nameof(Conversation.ParticipantCount), members.Count);
        row.Default(nameof(Conversation.NonChatCount), members.Count(p => p.IsNonChat));
        row.Default(nameof(Conversation.GroupCount), members.Count(p => p.IsInGroup));
        string[] addresses = [.. members.Select(p => p.Address ?? p.ProjectedAddress).OfType<string>()];
        if (conversation is { IsGroup: true, IsClosed: false } && addresses.Length >= SmallestGroup)
        {
            var set = Digest.Of(string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal)));
            row.Default(nameof(Conversation.GroupSet), set);
            row.Default(nameof(Conversation.GroupKey), set);
        }
    }

    public static void SetMessage(ImportedRow row, IReadOnlyList<ImportedRow> rows)
    {
        var message = (Message)row.Entity;
        var author = All<Participant>(rows)
            .FirstOrDefault(p =>
                p.ConversationSid == message.ConversationSid && (p.Identity ?? p.Address) == message.Author
            );
        row.Default(nameof(Message.ParticipantSid), author?.Sid);
        string?[] statuses = [.. All<Receipt>(rows).Where(r => r.MessageSid == message.Sid).Select(r => r.Status)];
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
