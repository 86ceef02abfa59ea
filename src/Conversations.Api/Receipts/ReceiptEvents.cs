using System.Globalization;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Receipts;

/// <summary>The event of deliveries, with the fields that receivers get.</summary>
public static class ReceiptEvents
{
    public static WebhookEvent Updated(Receipt r) =>
        new(
            WebhookEvents.DeliveryUpdated,
            r.AccountSid,
            r.ChatServiceSid,
            r.ConversationSid,
            r.ConversationSid,
            [
                ("ConversationSid", r.ConversationSid),
                ("MessageSid", r.MessageSid),
                ("DeliveryReceiptSid", r.Sid),
                ("ChannelMessageSid", r.ChannelMessageSid),
                ("ParticipantSid", r.ParticipantSid),
                ("Status", r.Status),
                ("ErrorCode", r.IsFinal ? r.ErrorCode?.ToString(CultureInfo.InvariantCulture) : null),
                ("DateCreated", WebhookEvent.Date(r.DateCreated)),
                ("DateUpdated", WebhookEvent.Date(r.DateUpdated)),
            ]
        )
        {
            Source = null,
        };
}
