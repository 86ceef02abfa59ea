using Conversations.Api.Webhooks;

namespace Conversations.Api.Users;

/// <summary>The events of users, with the fields that receivers get.</summary>
public static class UserEvents
{
    public static WebhookEvent Added(User u) =>
        Event(WebhookEvents.UserAdded, u, ("DateCreated", WebhookEvent.Date(u.DateCreated)));

    public static WebhookEvent Update(User u) =>
        Event(WebhookEvents.UserUpdate, u, ("DateUpdated", WebhookEvent.Date(u.DateUpdated)));

    public static WebhookEvent Updated(User u) =>
        Event(
            WebhookEvents.UserUpdated,
            u,
            ("DateCreated", WebhookEvent.Date(u.DateCreated)),
            ("DateUpdated", WebhookEvent.Date(u.DateUpdated))
        );

    private static WebhookEvent Event(string type, User u, params (string Name, string? Value)[] own) =>
        new(
            type,
            u.AccountSid,
            u.ChatServiceSid,
            ConversationSid: null,
            u.Sid,
            [
                ("UserSid", u.Sid),
                .. own,
                ("Identity", u.Identity),
                ("RoleSid", u.RoleSid),
                ("Attributes", u.Attributes),
                ("FriendlyName", u.FriendlyName),
            ]
        );
}
