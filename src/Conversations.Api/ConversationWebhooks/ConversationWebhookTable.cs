using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>
/// The table of <see cref="ConversationWebhook"/>. It is not in the folder Webhooks, because it refers to
/// conversations.
/// </summary>
public sealed class ConversationWebhookTable : IEntityTypeConfiguration<ConversationWebhook>
{
    public void Configure(EntityTypeBuilder<ConversationWebhook> builder)
    {
        builder.ToTable("conversation_webhooks").HasKey(w => w.Sid);
        builder.Property(w => w.Filters).IsStringList();
        builder
            .HasOne<Conversation>()
            .WithMany()
            .HasForeignKey(w => w.ConversationSid)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(w => new { w.ConversationSid, w.Sid }, "ix_conversation_webhooks_conversation");
    }
}
