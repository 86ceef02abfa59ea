using System.Text;
using System.Text.Json;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// The formats that the server relies on when it reads a row, because /v1 checks them in every row that it writes. The
/// rules of Twilio for a length or an address are not checked: a test may need a row that breaks them.
/// </summary>
internal static class ImportFormats
{
    // PostgreSQL can't index a text beyond 2,704 bytes.
    private const int MaxIndexedBytes = 1000;

    // So many requests can still add to a number.
    private const int MaxCount = 1_000_000_000;

    /// <returns>What the column must be; null when it is.</returns>
    public static string? ProblemOf(ImportedRow row, IProperty column) =>
        row[column] switch
        {
            int and (< 0 or > MaxCount) or long and (< 0 or > MaxCount) => $"must be a number from 0 to {MaxCount}",
            string text when column.Name.EndsWith(nameof(Resource.Sid), StringComparison.Ordinal) => SidProblem(
                row,
                column,
                text
            ),
            string text when IsIndexed(column) && Encoding.UTF8.GetByteCount(text) > MaxIndexedBytes =>
                $"must have at most {MaxIndexedBytes} bytes",
            string text => TextProblem(row, column.Name, text),
            IReadOnlyList<MessageMedia?> media => MediaProblem(media),
            _ => null,
        };

    private static string? SidProblem(ImportedRow row, IProperty column, string text)
    {
        var prefix = column.IsPrimaryKey() ? row.SidPrefix : null;
        return text.Length == Sids.Length && char.IsAsciiLetterUpper(text[0]) && Sids.Is(prefix ?? text[..2], text)
            ? null
            : $"must be {prefix ?? "two letters"} and 32 hexadecimal digits";
    }

    private static string? TextProblem(ImportedRow row, string column, string text) =>
        (row.Entity, column) switch
        {
            (_, nameof(Conversation.Attributes)) when !Validation.IsJson(text) => "must be a JSON text",
            (_, nameof(ConversationWebhook.Triggers)) when !IsStringList(text) => "must be a JSON array of strings",
            (Conversation, nameof(Conversation.InactiveTimer) or nameof(Conversation.ClosedTimer))
                when Forms.Duration(text) is null => "must be a duration such as P10D",
            (Conversation, nameof(Conversation.State))
                when !ConversationState.IsKnown(text) && text != ConversationState.Initializing =>
                "must be active, inactive or closed",
            (Participant, nameof(Participant.NotificationLevel))
                when text is not (NotificationLevel.Default or NotificationLevel.Muted) => "must be default or muted",
            (Receipt, nameof(Receipt.Status) or nameof(Receipt.Outcome)) when !IsStatus(text) =>
                "must be sent, delivered, read, failed or undelivered",
            (Role, nameof(Role.Type)) when !RoleType.IsKnown(text) => "must be conversation or service",
            (ConversationWebhook, nameof(ConversationWebhook.Target)) when !WebhookTarget.IsKnown(text) =>
                "must be webhook, trigger or studio",
            (ConversationWebhook or WebhookSettings, nameof(WebhookSettings.Method))
                when !HttpMethods.IsGet(text) && !HttpMethods.IsPost(text) => "must be GET or POST",
            _ => null,
        };

    private static string? MediaProblem(IReadOnlyList<MessageMedia?> media) =>
        media is [] ? "must be null or have a file"
        : media.Any(file => file?.ContentType is null) ? "needs files with a content_type"
        : media.Any(file => file!.Sid is null || !Sids.Is(MessageMedia.SidPrefix, file.Sid))
            ? "needs files whose sid is ME and 32 hexadecimal digits"
        : media.Any(file => file!.Size is < 0 or > MaxCount) ? $"needs files with a size from 0 to {MaxCount}"
        : media.Any(file => file!.ContentType.Contains('\0') || file.Filename?.Contains('\0') == true)
            ? "contains a NUL character"
        : null;

    private static bool IsStatus(string text) =>
        text
            is ReceiptStatus.Sent
                or ReceiptStatus.Delivered
                or ReceiptStatus.Read
                or ReceiptStatus.Failed
                or ReceiptStatus.Undelivered;

    private static bool IsStringList(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(text) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsIndexed(IProperty column) => column.IsKey() || column.IsIndex();
}
