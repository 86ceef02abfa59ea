using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Messages;

/// <summary>A message of a conversation.</summary>
public sealed record MessageResource : IHasExamples<MessageResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>It is present only in answers to /v1/Services/{ChatServiceSid}/….</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string? Body { get; init; }

    public required IReadOnlyList<MediaResource>? Media { get; init; }

    public required string Author { get; init; }

    public required string? ParticipantSid { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required long Index { get; init; }

    /// <summary>
    /// How many of the message's deliveries reached each status; null while no delivery has a status.
    /// </summary>
    public required DeliveryResource? Delivery { get; init; }

    public required string? ContentSid { get; init; }

    public required string Url { get; init; }

    public required MessageLinks Links { get; init; }

    public static IReadOnlyList<MessageResource> Examples(RequestScope scope)
    {
        var message = new Message
        {
            Sid = ExampleRows.Sid("IM"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            ConversationSid = ExampleRows.Sid("CH"),
            Body = "Ahoy there!",
            Author = "alice",
            ParticipantSid = ExampleRows.Sid("MB"),
            Attributes = "{}",
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(message, scope)];
    }

    public static MessageResource Of(Message message, RequestScope scope)
    {
        var url = scope.Url($"Conversations/{message.ConversationSid}/Messages/{message.Sid}");
        return new()
        {
            Sid = message.Sid,
            AccountSid = message.AccountSid,
            ChatServiceSid = scope.ChatServiceSidInPath,
            ConversationSid = message.ConversationSid,
            Body = message.Body,
            Media = MediaResource.Of(message),
            Author = message.Author,
            ParticipantSid = message.ParticipantSid,
            Attributes = message.Attributes,
            DateCreated = message.DateCreated,
            DateUpdated = message.DateUpdated,
            Index = message.Index,
            Delivery = DeliveryResource.Of(message),
            ContentSid = message.ContentSid,
            Url = url,
            Links = new($"{url}/Receipts", $"{url}/ChannelMetadata"),
        };
    }
}

/// <summary>
/// A media object. A phone describes the size, type and name of what it sends. The server knows nothing about other
/// media.
/// </summary>
/// <param name="Category">Always media. Recorded answers have it, Twilio's OpenAPI document does not.</param>
public sealed record MediaResource(string Sid, long Size, string ContentType, string? Filename, string Category)
{
    /// <summary>The media of a message; null for none.</summary>
    public static IReadOnlyList<MediaResource>? Of(Message message) =>
        message.MediaSid is { } sid ? [Of(new MessageMedia { Sid = sid })]
        : message.Media is { } media ? [.. media.Select(Of)]
        : null;

    private static MediaResource Of(MessageMedia media) =>
        new(media.Sid, media.Size, media.ContentType, media.Filename, Category: "media");
}

/// <summary>The deliveries of a message: their number, and whether all, some or none reached a status.</summary>
public sealed record DeliveryResource(
    int Total,
    string Sent,
    string Delivered,
    string Read,
    string Failed,
    string Undelivered
)
{
    public static DeliveryResource? Of(Message message)
    {
        return message.ReceiptCount == 0
            ? null
            : new(
                message.ReceiptCount,
                Share(message.SentCount),
                Share(message.DeliveredCount),
                Share(message.ReadCount),
                Share(message.FailedCount),
                Share(message.UndeliveredCount)
            );

        string Share(int count) =>
            count == 0 ? "none"
            : count == message.ReceiptCount ? "all"
            : "some";
    }
}

/// <summary>The URLs of the message's resources. This server has no channel metadata.</summary>
public sealed record MessageLinks(string DeliveryReceipts, string ChannelMetadata);

/// <summary>One page of messages.</summary>
public sealed record MessageList(PageMeta Meta, IReadOnlyList<MessageResource> Messages) : IPage;
