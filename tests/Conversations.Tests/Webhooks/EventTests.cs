using Conversations.Api.Errors;

namespace Conversations.Tests.Webhooks;

/// <summary>The events of each change and their fields.</summary>
public sealed class EventTests
{
    private const string Attributes = """{ "größe": "1 + 1 = 2 & more 😀" }""";

    [Theory, Everywhere]
    public async Task Adding_an_identity_fires_the_participant_events_and_one_for_its_new_user(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();

        var alice = await AddAsync(hooks, conversation, ("Identity", "alice"), ("Attributes", Attributes));

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("Identity", "alice"),
            ("RoleSid", alice["role_sid"]),
            ("Attributes", Attributes),
            ("MessagingBinding.Type", "chat"),
        ];
        await hooks.ToldAsync("onParticipantAdd", common);
        await hooks.ToldAsync(
            "onParticipantAdded",
            [.. common, ("ParticipantSid", alice["sid"]), ("DateCreated", Milliseconds(alice, "date_created"))]
        );
        var user = (await hooks.Plain.GetAsync("Users/alice")).Ok();
        await hooks.ToldAsync(
            "onUserAdded",
            ("UserSid", user["sid"]),
            ("Identity", "alice"),
            ("RoleSid", user["role_sid"]),
            ("Attributes", "{}"),
            ("DateCreated", Milliseconds(user, "date_created"))
        );
        Assert.Equal(["onParticipantAdd", "onParticipantAdded", "onUserAdded"], await hooks.EventsAsync());

        await AddAsync(hooks, await hooks.Plain.NewConversationAsync(), ("Identity", "alice"));
        Assert.Single(await hooks.EventsAsync(), "onUserAdded");
    }

    [Theory]
    [OnEachStore("sms", "+15558675310", "+15017122661", null)]
    [OnEachStore("whatsapp", "whatsapp:+15558675310", "whatsapp:+15017122661", null)]
    [OnEachStore("sms", "+15558675310", null, null)]
    [OnEachStore("sms", null, null, "+15017122661")]
    public async Task Events_of_a_participant_with_a_binding_have_its_type_and_addresses_and_no_identity(
        Store store,
        string type,
        string? address,
        string? proxyAddress,
        string? projectedAddress
    )
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();

        var added = await AddAsync(
            hooks,
            conversation,
            NewParticipant.Of(address: address, proxyAddress: proxyAddress, projectedAddress: projectedAddress)
        );

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("RoleSid", added["role_sid"]),
            ("Attributes", "{}"),
            ("MessagingBinding.Type", type),
            ("MessagingBinding.Address", address),
            ("MessagingBinding.ProxyAddress", proxyAddress),
            ("MessagingBinding.ProjectedAddress", projectedAddress),
        ];
        await hooks.ToldAsync("onParticipantAdd", common);
        await hooks.ToldAsync(
            "onParticipantAdded",
            [.. common, ("ParticipantSid", added["sid"]), ("DateCreated", Milliseconds(added, "date_created"))]
        );
        Assert.Equal(["onParticipantAdd", "onParticipantAdded"], await hooks.EventsAsync());
    }

    [Theory, OnEachStore]
    public async Task Events_of_an_email_participant_have_level_and_name(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();

        var added = await AddAsync(
            hooks,
            conversation,
            ("MessagingBinding.Address", "alice@example.com"),
            ("MessagingBinding.Level", "cc"),
            ("MessagingBinding.Name", "Alice")
        );

        await hooks.ToldAsync(
            "onParticipantAdded",
            ("ConversationSid", conversation),
            ("ParticipantSid", added["sid"]),
            ("DateCreated", Milliseconds(added, "date_created")),
            ("RoleSid", added["role_sid"]),
            ("Attributes", "{}"),
            ("MessagingBinding.Type", "email"),
            ("MessagingBinding.Address", "alice@example.com"),
            ("MessagingBinding.Level", "cc"),
            ("MessagingBinding.Name", "Alice")
        );
    }

    [Theory, Everywhere]
    public async Task Updating_a_participant_sends_the_requested_and_then_the_stored_values(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var role = await hooks.Plain.NewRoleAsync("conversation");
        var sid = await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));

        var alice = (
            await hooks.Twilio.PostAsync(
                $"Conversations/{conversation}/Participants/alice",
                ("Attributes", Attributes),
                ("RoleSid", role),
                ("LastReadMessageIndex", "7"),
                ("DateCreated", "2019-05-15T13:37:35.123Z"),
                ("DateUpdated", "2020-01-02T03:04:05Z")
            )
        ).Ok();

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("ParticipantSid", sid),
            ("DateCreated", Milliseconds(alice, "date_created")),
            ("DateUpdated", Milliseconds(alice, "date_updated")),
            ("Identity", "alice"),
            ("RoleSid", role),
            ("Attributes", Attributes),
            ("MessagingBinding.Type", "chat"),
        ];
        await hooks.ToldAsync("onParticipantUpdate", common);
        await hooks.ToldAsync("onParticipantUpdated", [.. common, ("LastReadMessageIndex", "7")]);
        Assert.Equal(
            "2019-05-15T13:37:35.123Z",
            (await hooks.Receiver.GotAsync("onParticipantUpdated"))["DateCreated"]
        );
        Assert.Equal(["onParticipantUpdate", "onParticipantUpdated"], await hooks.EventsAsync());
    }

    [Theory, Everywhere]
    public async Task Removing_a_participant_sends_its_last_values(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var sms = (
            await hooks.Plain.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Created();

        (await hooks.Twilio.DeleteAsync($"Conversations/{conversation}/Participants/{sms["sid"]}")).NoContent();

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("ParticipantSid", sms["sid"]),
            ("DateCreated", Milliseconds(sms, "date_created")),
            ("DateUpdated", Milliseconds(sms, "date_updated")),
            ("RoleSid", sms["role_sid"]),
            ("Attributes", "{}"),
            ("MessagingBinding.Type", "sms"),
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661"),
        ];
        await hooks.ToldAsync("onParticipantRemove", common);
        await hooks.ToldAsync("onParticipantRemoved", [.. common, ("DateRemoved", "*")]);
        Assert.Equal(["onParticipantRemove", "onParticipantRemoved"], await hooks.EventsAsync());
    }

    [Theory, Everywhere]
    public async Task Adding_a_conversation_fires_an_event_without_SID_before_and_one_with_SID_after(
        Store store,
        Shape shape
    )
    {
        await using var hooks = await Hooked.NewAsync(store, shape);

        var answer = (
            await hooks.Twilio.PostAsync(
                "Conversations",
                ("FriendlyName", "Größe & more"),
                ("UniqueName", "Straße 1"),
                ("Attributes", Attributes),
                ("State", "inactive")
            )
        ).Created();

        (string, string?)[] common =
        [
            ("FriendlyName", "Größe & more"),
            ("UniqueName", "Straße 1"),
            ("Attributes", Attributes),
            ("MessagingServiceSid", answer["messaging_service_sid"]),
            ("State", "inactive"),
        ];
        await hooks.ToldAsync("onConversationAdd", common);
        await hooks.ToldAsync(
            "onConversationAdded",
            [
                .. common,
                ("ConversationSid", answer["sid"]),
                ("DateCreated", Milliseconds(answer, "date_created")),
                ("DateUpdated", Milliseconds(answer, "date_updated")),
            ]
        );
        Assert.Equal(["onConversationAdd", "onConversationAdded"], await hooks.EventsAsync());
    }

    [Theory, OnEachStore]
    public async Task Missing_values_of_a_conversation_are_not_sent(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);

        var answer = (await hooks.Twilio.PostAsync("Conversations")).Created();

        (string, string?)[] common =
        [
            ("Attributes", "{}"),
            ("MessagingServiceSid", answer["messaging_service_sid"]),
            ("State", "active"),
        ];
        await hooks.ToldAsync("onConversationAdd", common);
        await hooks.ToldAsync(
            "onConversationAdded",
            [
                .. common,
                ("ConversationSid", answer["sid"]),
                ("DateCreated", Milliseconds(answer, "date_created")),
                ("DateUpdated", Milliseconds(answer, "date_updated")),
            ]
        );
    }

    [Theory]
    [OnEachStore("inactive", null)]
    [OnEachStore("closed", "active")]
    public async Task Updating_a_conversation_fires_events_for_the_update_and_the_new_state(
        Store store,
        string to,
        string? from
    )
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync(("State", from ?? "active"), ("UniqueName", "room"));

        var answer = (await hooks.Twilio.PostAsync("Conversations/room", ("FriendlyName", "Room"), ("State", to))).Ok();

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("DateCreated", Milliseconds(answer, "date_created")),
            ("FriendlyName", "Room"),
            ("UniqueName", "room"),
            ("Attributes", "{}"),
            ("MessagingServiceSid", answer["messaging_service_sid"]),
            ("State", to),
        ];
        await hooks.ToldAsync("onConversationUpdate", [.. common, ("DateUpdated", "*")]);
        await hooks.ToldAsync(
            "onConversationUpdated",
            [.. common, ("DateUpdated", Milliseconds(answer, "date_updated"))]
        );
        await hooks.ToldAsync(
            "onConversationStateUpdated",
            ("ConversationSid", conversation),
            ("MessagingServiceSid", answer["messaging_service_sid"]),
            ("StateUpdated", "*"),
            ("StateFrom", "active"),
            ("StateTo", to),
            ("Reason", "API")
        );
        Assert.Equal(
            ["onConversationStateUpdated", "onConversationUpdate", "onConversationUpdated"],
            await hooks.EventsAsync()
        );
    }

    [Theory, OnEachStore]
    public async Task An_update_without_a_new_state_fires_no_state_event(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();

        (await hooks.Twilio.PostAsync($"Conversations/{conversation}", ("State", "active"))).Ok();

        Assert.Equal(["onConversationUpdate", "onConversationUpdated"], await hooks.EventsAsync());
    }

    [Theory, Everywhere]
    public async Task Removing_a_conversation_sends_its_last_values_and_no_events_of_participants(
        Store store,
        Shape shape
    )
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var answer = (await hooks.Plain.PostAsync($"Conversations/{conversation}", ("State", "inactive"))).Ok();
        await hooks.NewWebhookAsync(
            conversation,
            "/own",
            "onConversationRemoved",
            "onParticipantRemoved",
            "onConversationUpdated",
            "onConversationStateUpdated"
        );

        (await hooks.Twilio.DeleteAsync($"Conversations/{answer["sid"]}")).NoContent();

        (string, string?)[] common =
        [
            ("ConversationSid", answer["sid"]),
            ("DateCreated", Milliseconds(answer, "date_created")),
            ("DateUpdated", Milliseconds(answer, "date_updated")),
            ("Attributes", "{}"),
            ("MessagingServiceSid", answer["messaging_service_sid"]),
            ("State", "inactive"),
        ];
        Assert.Equal(
            ["onConversationRemove", "onConversationRemoved", "onConversationRemoved"],
            await hooks.EventsAsync()
        );
        Assert.Equal(
            ["/own", "/post", "/pre"],
            hooks.Receiver.Requests.Select(request => request.Target).Order(StringComparer.Ordinal)
        );
        await hooks.ToldAsync("onConversationRemove", common);
        await hooks.ToldAsync("onConversationRemoved", [.. common, ("DateRemoved", "*")]);
    }

    [Theory, Everywhere]
    public async Task Adding_and_updating_a_user_fires_events_and_deleting_one_does_not(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();

        var added = (
            await hooks.Twilio.PostAsync(
                "Users",
                ("Identity", "alice"),
                ("FriendlyName", "Alice"),
                ("Attributes", Attributes)
            )
        ).Created();
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var updated = (await hooks.Twilio.PostAsync("Users/alice", ("FriendlyName", "Alicia"))).Ok();
        (await hooks.Twilio.DeleteAsync("Users/alice")).NoContent();

        (string, string?)[] common =
        [
            ("UserSid", added["sid"]),
            ("Identity", "alice"),
            ("RoleSid", added["role_sid"]),
            ("Attributes", Attributes),
        ];
        await hooks.ToldAsync(
            "onUserAdded",
            [.. common, ("FriendlyName", "Alice"), ("DateCreated", Milliseconds(added, "date_created"))]
        );
        await hooks.ToldAsync("onUserUpdate", [.. common, ("FriendlyName", "Alicia"), ("DateUpdated", "*")]);
        await hooks.ToldAsync(
            "onUserUpdated",
            [
                .. common,
                ("FriendlyName", "Alicia"),
                ("DateCreated", Milliseconds(added, "date_created")),
                ("DateUpdated", Milliseconds(updated, "date_updated")),
            ]
        );
        Assert.Equal(["onUserAdded", "onUserUpdate", "onUserUpdated"], await hooks.EventsAsync());
    }

    [Theory]
    [OnEachStore("true", true)]
    [OnEachStore("TRUE", true)]
    [OnEachStore("True", true)]
    [OnEachStore("false", false)]
    [OnEachStore("1", false)]
    [OnEachStore("yes", false)]
    [OnEachStore("", false)]
    [OnEachStore(null, false)]
    public async Task A_write_fires_events_only_with_the_header_X_Twilio_Webhook_Enabled_true_and_a_delivery_always(
        Store store,
        string? header,
        bool fires
    )
    {
        await using var hooks = await Hooked.NewAsync(store);
        var twilio = header is null ? hooks.Plain : hooks.Plain.WithWebhooks(header);

        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", "{}"))).Ok();
        (await twilio.PostAsync("Users/alice", ("FriendlyName", "Alice"))).Ok();
        // Messages to this number fail in one step.
        await hooks.Plain.NewParticipantAsync(conversation, NewParticipant.Sms("+15005550001", "+15017122661"));
        var created = (await twilio.PostAsync($"Conversations/{conversation}/Messages")).Created();
        var message = created["url"];
        await StoredReceipts.MakeDueAsync(twilio.Server, created["sid"]);
        await hooks.Receiver.GotAsync("onDeliveryUpdated");
        (await twilio.PostAsync(message, ("Body", "text"))).Ok();
        (await twilio.DeleteAsync(message)).NoContent();
        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();

        Assert.Equal(
            fires ? Hooked.AllEvents.Order(StringComparer.Ordinal) : ["onDeliveryUpdated"],
            await hooks.EventsAsync()
        );
    }

    [Theory, OnEachStore]
    public async Task Only_the_events_of_the_filters_fire(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();
        (
            await hooks.Plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("Filters", "onParticipantAdded"),
                ("Filters", "onParticipantRemove")
            )
        ).Ok();
        await hooks.NewWebhookAsync(conversation, "/own", "onParticipantRemoved");

        await hooks.Twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await hooks.Twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();

        Assert.Equal(["onParticipantAdded", "onParticipantRemove", "onParticipantRemoved"], await hooks.EventsAsync());
        Assert.Equal("/own", (await hooks.Receiver.GotAsync("onParticipantRemoved")).Target);

        (await hooks.Plain.PostAsync("/v1/Configuration/Webhooks", ("Filters", ""))).Ok();
        await hooks.Twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        Assert.Equal(3, (await hooks.EventsAsync()).Length);
    }

    [Theory, OnEachStore]
    public async Task A_service_with_its_own_URL_receives_its_events_instead_of_the_account(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var path = $"/v1/Services/{hooks.Plain.ChatServiceSid}/Configuration/Webhooks";

        // Without a URL the account's settings apply; with a URL of either kind only the service's apply.
        (await hooks.Plain.PostAsync(path, ("Filters", "onConversationAdded"), ("Method", "GET"))).Ok();
        await hooks.Twilio.NewConversationAsync();
        Assert.Equal(["onConversationAdd", "onConversationAdded"], await hooks.EventsAsync());

        (await hooks.Plain.PostAsync(path, ("PostWebhookUrl", hooks.Receiver.Url("/service")))).Ok();
        await hooks.Twilio.NewConversationAsync();
        Assert.Equal(["onConversationAdd", "onConversationAdded", "onConversationAdded"], await hooks.EventsAsync());
        Assert.StartsWith("/service?", hooks.Receiver.Requests[^1].Target, StringComparison.Ordinal);

        var other = await hooks.Plain.NewServiceAsync();
        (await hooks.Twilio.PostAsync($"/v1/Services/{other}/Conversations")).Created();
        Assert.Equal(5, (await hooks.EventsAsync()).Length);
        Assert.Equal("/post", hooks.Receiver.Requests[^1].Target);
        Assert.Equal(other, hooks.Receiver.Requests[^1]["ChatServiceSid"]);
    }

    [Theory, OnEachStore]
    public async Task A_webhook_with_GET_appends_the_fields_to_the_query_and_has_no_body(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        (
            await hooks.Plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("Method", "GET"),
                ("PreWebhookUrl", hooks.Receiver.Url("/pre")),
                ("PostWebhookUrl", hooks.Receiver.Url("/post?token=a%20b&x=%C3%A4#there"))
            )
        ).Ok();

        var answer = (
            await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "a+b &=#%"), ("Attributes", Attributes))
        ).Created();

        var (pre, post) = (
            await hooks.Receiver.GotAsync("onConversationAdd"),
            await hooks.Receiver.GotAsync("onConversationAdded")
        );
        Assert.Equal(("GET", ""), (post.Method, post.Body));
        Assert.StartsWith("/pre?AccountSid=AC", pre.Target, StringComparison.Ordinal);
        Assert.Equal(("onConversationAdd", "0"), (pre["EventType"], pre["RetryCount"]));
        Assert.StartsWith("/post?token=a%20b&x=%C3%A4&AccountSid=AC", post.Target, StringComparison.Ordinal);
        Assert.Equal(
            $"""
            AccountSid={hooks.Plain.AccountSid}
            Attributes={Attributes}
            ChatServiceSid={hooks.Plain.ChatServiceSid}
            ConversationSid={answer["sid"]}
            DateCreated={Milliseconds(answer, "date_created")}
            DateUpdated={Milliseconds(answer, "date_updated")}
            EventType=onConversationAdded
            FriendlyName=a+b &=#%
            MessagingServiceSid={answer["messaging_service_sid"]}
            RetryCount=0
            Source=API
            State=active
            token=a b
            x=ä
            """,
            post.Text
        );
    }

    /// <summary>
    /// A write with events locks the conversation's row and must keep the values there that it does not change.
    /// </summary>
    [Theory, OnEachStore]
    public async Task An_update_of_a_group_member_with_events_keeps_the_addresses_of_the_group(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        string[] members = ["+15558675310", "+15558675311", "+15558675312"];
        var conversation = await NewGroupAsync(members);

        (
            await hooks.Twilio.PostAsync(
                $"Conversations/{conversation}/Participants/{(await ParticipantsAsync(conversation))[0]}",
                ("Attributes", "{}")
            )
        ).Ok();

        var second = await NewGroupAsync(members[..2]);
        (await hooks.Plain.PostAsync($"Conversations/{second}/Participants", NewParticipant.Native(members[2]))).Is(
            TwilioErrors.GroupExists(conversation)
        );

        async Task<string> NewGroupAsync(string[] addresses)
        {
            var sid = await hooks.Plain.NewConversationAsync();
            foreach (var address in addresses)
            {
                await hooks.Plain.NewParticipantAsync(sid, NewParticipant.Native(address));
            }

            return sid;
        }

        async Task<List<string>> ParticipantsAsync(string sid) =>
            [
                .. (await hooks.Plain.GetAsync($"Conversations/{sid}/Participants")).Ok().Body["participants"]!
                    .AsArray()
                    .Select(row => row!["sid"]!.GetValue<string>()),
            ];
    }

    private static async Task<Answer> AddAsync(
        Hooked hooks,
        string conversation,
        params (string Name, string Value)[] form
    ) => (await hooks.Twilio.PostAsync($"Conversations/{conversation}/Participants", form)).Created();

    // The form of <see cref="WebhookRequest.Text"/>.
    private static string Milliseconds(Answer answer, string member) =>
        answer[member].Replace("Z", "~Z", StringComparison.Ordinal);
}
