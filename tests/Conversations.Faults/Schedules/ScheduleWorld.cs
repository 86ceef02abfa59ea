using static System.Net.Http.HttpMethod;

namespace Conversations.Faults.Schedules;

/// <summary>An account with one row of each kind and more, and every write that concerns them.</summary>
internal sealed class ScheduleWorld
{
    private readonly List<Operation> operations = [];

    private ScheduleWorld(string accountSid) => AccountSid = accountSid;

    public string AccountSid { get; }

    /// <summary>Every write, with rows that exist.</summary>
    public IReadOnlyList<Operation> Operations => operations;

    /// <summary>
    /// Each write with each other and with itself, with and without events. A timer is settled before the request that
    /// meets it, in a transaction of its own, which no order of this request and another write explains. So the
    /// requests that meet a timer are paired with each other only.
    /// </summary>
    public IEnumerable<Pair> Pairs =>
        from withEvents in (bool[])[true, false]
        from i in Enumerable.Range(0, operations.Count)
        from j in Enumerable.Range(i, operations.Count - i)
        where operations[i].SettlesTimer == operations[j].SettlesTimer
        select new Pair(operations[i], operations[j], withEvents);

    public static async Task<ScheduleWorld> NewAsync(TestServer server)
    {
        var twilio = await Twilio.NewAccountAsync(server);
        (
            await twilio.PostAsync(
                "/v1/Configuration/Webhooks",
                [("PostWebhookUrl", "http://127.0.0.1:9/account"), .. Events.Select(name => ("Filters", name))]
            )
        ).Ok();
        var sids = new Sids(
            Room: await twilio.NewConversationAsync(("UniqueName", "room"), ("Attributes", "{\"n\":0}")),
            Group: await twilio.NewConversationAsync(("UniqueName", "group")),
            Service: await twilio.NewServiceAsync(),
            Role: await twilio.NewRoleAsync("conversation"),
            ServiceRole: await twilio.NewRoleAsync("service")
        );
        await twilio.NewParticipantAsync(sids.Room, ("Identity", "alice"), ("RoleSid", sids.Role));
        var phone = await twilio.NewParticipantAsync(sids.Room, Pair("+15552000001"));
        foreach (var number in new[] { "+15553000001", "+15553000002" })
        {
            await twilio.NewParticipantAsync(sids.Group, ("MessagingBinding.Address", number));
        }

        await twilio.NewParticipantAsync(
            sids.Group,
            ("Identity", "alice"),
            ("MessagingBinding.ProjectedAddress", "+15553000003")
        );
        (await twilio.PostAsync("Users", ("Identity", "bob"))).Created();
        var webhook = (
            await twilio.PostAsync(
                $"Conversations/{sids.Room}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", "http://127.0.0.1:9/own"),
                ("Configuration.Filters", "onParticipantUpdated"),
                ("Configuration.Filters", "onConversationUpdated")
            )
        ).Created()["sid"];

        var message = (
            await twilio.PostAsync($"Conversations/{sids.Room}/Messages", ("Author", "alice"), ("Body", "text"))
        ).Created()["sid"];

        var other = $"Services/{sids.Service}/Conversations";
        var elsewhere = (await twilio.PostAsync(other, ("UniqueName", "elsewhere"))).Created()["sid"];
        (await twilio.PostAsync($"{other}/{elsewhere}/Participants", ("Identity", "alice"))).Created();

        var asleep = await twilio.NewConversationAsync(("State", "inactive"), ("Timers.Closed", "PT10M"));
        var expired = await twilio.NewConversationAsync(
            ("UniqueName", Operation.Expired),
            ("Timers.Inactive", "PT10M")
        );
        await twilio.PassAsync(expired, TimeSpan.FromMinutes(20));

        ScheduleWorld world = new(twilio.AccountSid);
        world.AddConversations(sids);
        world.AddParticipants(sids, phone);
        world.AddMessages(sids, message);
        world.AddInactive(asleep);
        world.AddWebhooks(sids, webhook);
        world.AddOthers(sids, twilio.ChatServiceSid);
        world.AddInService($"Services/{sids.Service}", elsewhere);
        return world;
    }

    private static readonly string[] Events =
    [
        "onConversationAdded",
        "onConversationUpdated",
        "onConversationRemoved",
        "onConversationStateUpdated",
        "onParticipantAdded",
        "onParticipantUpdated",
        "onParticipantRemoved",
        "onMessageAdded",
        "onMessageUpdated",
        "onMessageRemoved",
        "onUserAdded",
        "onUserUpdated",
    ];

    private static (string, string)[] Pair(string address) =>
        [("MessagingBinding.Address", address), ("MessagingBinding.ProxyAddress", "+15017122661")];

    private void Add(HttpMethod method, string path, params (string, string)[] form) =>
        operations.Add(new(method, $"/v1/{path}", form));

    private void AddConversations(Sids at)
    {
        Add(Post, "Conversations", ("UniqueName", "new"));
        Add(Post, "Conversations");
        Add(Post, "ConversationWithParticipants", ("UniqueName", "new"), ("Participant", """{"identity": "alice"}"""));
        Add(Post, "ConversationWithParticipants", NewConversation.WithPair("+15552000002", "+15017122661"));
        Add(
            Post,
            "ConversationWithParticipants",
            NewConversation.WithAddress("+15553000001"),
            NewConversation.WithAddress("+15553000002"),
            NewConversation.WithAddress("+15553000004")
        );
        var room = $"Conversations/{at.Room}";
        Add(Post, room, ("FriendlyName", "a name"));
        Add(Post, room, ("Attributes", "{\"n\":1}"));
        Add(Post, room, ("Attributes", "{\"n\":0}"));
        Add(Post, room, ("UniqueName", "new"));
        Add(Post, room, ("UniqueName", ""));
        Add(Post, room, ("State", "inactive"));
        Add(Post, room, ("State", "closed"));
        Add(Post, room, ("Timers.Inactive", "PT10M"));
        Add(Post, room, ("Bindings.Email.Name", "a name"));
        Add(Delete, room);
        Add(Post, "Conversations/room", ("Attributes", "{\"n\":2}"));
        Add(Delete, "Conversations/room");
        Add(Post, $"Conversations/{at.Group}", ("State", "closed"));
        Add(Post, $"Conversations/{at.Group}", ("UniqueName", "room"));
    }

    private void AddParticipants(Sids at, string phone)
    {
        var participants = $"Conversations/{at.Room}/Participants";
        Add(Post, participants, ("Identity", "bob"));
        Add(Post, participants, ("Identity", "carol"));
        Add(Post, participants, ("Identity", "alice"));
        Add(Post, participants, Pair("+15552000002"));
        Add(Post, participants, Pair("+15552000001"));
        Add(Post, "Conversations/room/Participants", ("Identity", "bob"));
        Add(Post, $"{participants}/alice", ("Attributes", "{\"n\":1}"));
        Add(Post, $"{participants}/alice", ("Attributes", "{}"));
        Add(Post, $"{participants}/alice", ("LastReadMessageIndex", "1"));
        Add(Post, $"{participants}/alice", ("RoleSid", at.Role));
        Add(Post, "Conversations/room/Participants/alice", ("Attributes", "{\"n\":2}"));
        Add(Post, $"{participants}/{phone}", ("MessagingBinding.ProxyAddress", "null"));
        Add(Post, $"{participants}/{phone}", ("Attributes", "{\"n\":1}"));
        Add(Delete, $"{participants}/alice");
        Add(Delete, "Conversations/room/Participants/alice");
        Add(Delete, $"{participants}/{phone}");
        var group = $"Conversations/{at.Group}/Participants";
        Add(Post, group, ("MessagingBinding.Address", "+15553000004"));
        Add(Post, group, ("Identity", "bob"), ("MessagingBinding.ProjectedAddress", "+15553000005"));
        Add(Post, $"{group}/alice", ("MessagingBinding.ProjectedAddress", "null"));
        Add(Post, $"{group}/alice", ("Attributes", "{\"n\":1}"));
        Add(Delete, $"{group}/alice");
    }

    private void AddMessages(Sids at, string message)
    {
        var messages = $"Conversations/{at.Room}/Messages";
        Add(Post, messages, ("Body", "text"));
        Add(Post, messages, ("Author", "alice"));
        Add(Post, messages, ("Author", "+15552000001"));
        Add(Post, messages, ("Author", "+15552000002"));
        Add(Post, messages, ("MediaSid", "ME0123456789abcdef0123456789abcdef"));
        Add(Post, "Conversations/room/Messages", ("Author", "bob"));
        Add(Post, $"{messages}/{message}", ("Body", "other"));
        Add(Post, $"{messages}/{message}", ("Attributes", "{\"n\":1}"));
        Add(Post, $"{messages}/{message}", ("Author", "bob"));
        Add(Post, $"{messages}/{message}", ("Author", "alice"));
        Add(Delete, $"{messages}/{message}");
        Add(Post, $"Conversations/{at.Group}/Messages", ("Author", "alice"));
    }

    // A conversation that a message or a participant wakes, and one whose timer has expired: the first request that
    // meets it makes it inactive.
    private void AddInactive(string asleep)
    {
        foreach (var conversation in new[] { asleep, Operation.Expired })
        {
            Add(Post, $"Conversations/{conversation}/Messages", ("Author", "alice"));
            Add(Post, $"Conversations/{conversation}/Participants", ("Identity", "bob"));
            Add(Post, $"Conversations/{conversation}", ("State", "active"));
            Add(Post, $"Conversations/{conversation}", ("Timers.Closed", "PT20M"));
        }
    }

    private void AddWebhooks(Sids at, string webhook)
    {
        var webhooks = $"Conversations/{at.Room}/Webhooks";
        Add(
            Post,
            webhooks,
            ("Target", "webhook"),
            ("Configuration.Url", "http://127.0.0.1:9/new"),
            ("Configuration.Filters", "onParticipantAdded")
        );
        Add(Post, $"{webhooks}/{webhook}", ("Configuration.Url", "http://127.0.0.1:9/other"));
        Add(Post, $"{webhooks}/{webhook}", ("Configuration.Method", "GET"));
        Add(Post, $"Conversations/room/Webhooks/{webhook}", ("Configuration.Filters", "onParticipantAdded"));
        Add(Delete, $"{webhooks}/{webhook}");
        Add(Post, "Configuration/Webhooks", ("PostWebhookUrl", "http://127.0.0.1:9/moved"));
        Add(Post, "Configuration/Webhooks", ("Filters", "onParticipantUpdated"));
    }

    private void AddOthers(Sids at, string chatServiceSid)
    {
        Add(Post, "Users", ("Identity", "carol"));
        Add(Post, "Users/alice", ("FriendlyName", "Alice"));
        Add(Post, "Users/alice", ("Attributes", "{\"n\":1}"));
        Add(Post, "Users/alice", ("Attributes", "{}"));
        Add(Post, "Users/alice", ("RoleSid", at.ServiceRole));
        Add(Post, $"Users/alice/Conversations/{at.Room}", ("NotificationLevel", "muted"));
        Add(Post, "Users/alice/Conversations/room", ("LastReadMessageIndex", "2"));
        Add(Delete, $"Users/alice/Conversations/{at.Room}");
        Add(Delete, "Users/alice");
        Add(Delete, "Users/bob");
        Add(Post, "Roles", ("FriendlyName", "new"), ("Type", "conversation"), ("Permission", "sendMessage"));
        Add(Post, $"Roles/{at.Role}", ("Permission", "sendMessage"));
        Add(Delete, $"Roles/{at.Role}");
        Add(Delete, $"Roles/{at.ServiceRole}");
        var configuration = $"Services/{chatServiceSid}/Configuration";
        Add(Post, configuration, ("DefaultConversationRoleSid", at.Role));
        Add(Post, configuration, ("DefaultChatServiceRoleSid", at.ServiceRole));
        Add(Post, configuration, ("ReachabilityEnabled", "true"));
        Add(Post, "Configuration", ("DefaultChatServiceSid", at.Service));
        Add(Post, "Configuration", ("DefaultClosedTimer", "PT1H"));
        Add(Post, "Services", ("FriendlyName", "new"));
        Add(Delete, $"Services/{at.Service}");
    }

    // A service and its conversation, which another request may delete.
    private void AddInService(string service, string conversation)
    {
        Add(Post, $"{service}/Conversations", ("UniqueName", "new"));
        Add(Post, $"{service}/Conversations/{conversation}", ("State", "closed"));
        Add(Delete, $"{service}/Conversations/{conversation}");
        Add(Post, $"{service}/Conversations/{conversation}/Participants", ("Identity", "bob"));
        Add(Post, $"{service}/Conversations/{conversation}/Messages", ("Author", "alice"));
        Add(Post, $"{service}/Users", ("Identity", "bob"));
        Add(Delete, $"{service}/Users/alice");
        Add(Post, $"{service}/Roles", ("FriendlyName", "new"), ("Type", "service"), ("Permission", "joinChannel"));
        Add(Post, $"{service}/Configuration", ("ReachabilityEnabled", "true"));
        Add(Post, $"{service}/Configuration/Webhooks", ("PostWebhookUrl", "http://127.0.0.1:9/service"));
    }

    private sealed record Sids(string Room, string Group, string Service, string Role, string ServiceRole);
}
