using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Messages;

/// <summary>A Message (IM…) of a conversation.</summary>
public sealed class Message : ConversationChild, IResource
{
    public static string SidPrefix => "IM";

    /// <summary>
    /// The position in the conversation, from 0. It is the conversation's <see cref="Conversation.NextMessageIndex"/>
    /// at the time of the write, and never changes.
    /// </summary>
    public long Index { get; set; }

    /// <summary>Any text. It need not name a participant.</summary>
    public required string Author { get; set; }

    /// <summary>
    /// The participant that the author named when it was written, by identity or address; null for none. It stays when
    /// the participant is removed.
    /// </summary>
    public string? ParticipantSid { get; set; }

    /// <summary>The text; null for a message that has a MediaSid or a content template instead.</summary>
    public string? Body { get; set; }

    /// <summary>JSON text, kept byte for byte.</summary>
    public required string Attributes { get; set; }

    /// <summary>
    /// The media (ME…) that the request named; null for none. The server knows nothing else about it.
    /// </summary>
    public string? MediaSid { get; init; }

    /// <summary>The media of a message from a phone; null for none. They may come with a text.</summary>
    public IReadOnlyList<MessageMedia>? Media { get; init; }

    public bool HasMedia => MediaSid is not null || Media is not null;

    /// <summary>The content template (HX…) of the message; null for none.</summary>
    public string? ContentSid { get; init; }

    /// <summary>The subject of an email. It can be written, but is in no answer.</summary>
    public string? Subject { get; set; }

    /// <summary>
    /// The number of receipts; 0 until one of them has a status. The other counts are of receipts that have reached a
    /// status.
    /// </summary>
    public int ReceiptCount { get; set; }

    public int SentCount { get; set; }

    public int DeliveredCount { get; set; }

    public int ReadCount { get; set; }

    public int FailedCount { get; set; }

    public int UndeliveredCount { get; set; }
}

public sealed class MessageTable : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.ToTable("messages").HasKey(m => m.Sid);
        builder
            .HasOne<Conversation>()
            .WithMany()
            .HasForeignKey(m => m.ConversationSid)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => new { m.ConversationSid, m.Index }, "ux_messages_index").IsUnique();
        builder
            .HasIndex(m => new { m.ChatServiceSid, m.MediaSid }, "ux_messages_media")
            .IsUnique()
            .HasFilter("media_sid IS NOT NULL");

        // They never change.
        builder
            .Property(m => m.Media)
            .HasConversion(
                media => MessageMedia.Write(media!),
                text => MessageMedia.Read(text),
                new ValueComparer<IReadOnlyList<MessageMedia>?>(
                    (a, b) => ReferenceEquals(a, b),
                    media => media!.Count,
                    media => media
                )
            );
    }
}
