using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

public sealed class UpdateParticipantTests
{
    private const string Absent = "RL00000000000000000000000000000000";

    [Theory, Everywhere]
    public async Task Update_changes_the_given_values_and_returns_the_whole_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Created();
        var role = await twilio.NewRoleAsync("conversation");
        var path = $"Conversations/{conversation}/Participants/{created["sid"]}";

        var updated = (
            await twilio.PostAsync(
                path,
                ("Attributes", """{ "role": "driver" }"""),
                ("DateCreated", "2015-12-16T22:18:37Z"),
                ("DateUpdated", "2019-05-15T13:37:35Z"),
                ("RoleSid", role),
                ("LastReadMessageIndex", "7"),
                ("LastReadTimestamp", "2018-01-02T03:04:05Z")
            )
        ).Ok();

        var service = shape == Shape.Service ? $"\"chat_service_sid\":\"{twilio.ChatServiceSid}\"," : "";
        Assert.Equal(
            $$$"""
            {"account_sid":"{{{twilio.AccountSid}}}",{{{service}}}"conversation_sid":"{{{conversation}}}",
            "sid":"{{{created["sid"]}}}","identity":null,"attributes":"{ \"role\": \"driver\" }",
            "messaging_binding":{"type":"sms","address":"+15558675310","proxy_address":"+15017122661"},
            "role_sid":"{{{role}}}","date_created":"2015-12-16T22:18:37Z","date_updated":"2019-05-15T13:37:35Z",
            "url":"{{{created["url"]}}}","last_read_message_index":7,"last_read_timestamp":"2018-01-02T03:04:05Z"}
            """.ReplaceLineEndings(""),
            updated.Text
        );
        Assert.Equal(updated.Text, (await twilio.GetAsync(path)).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Update_without_parameters_changes_only_date_updated(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", "[1]"),
                ("DateCreated", "2015-12-16T22:18:37Z")
            )
        ).Created();
        var before = DateTime.UtcNow.AddSeconds(-1);

        var updated = (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice")).Ok();

        Assert.InRange(updated.Date("date_updated"), before, DateTime.UtcNow);
        Assert.Equal(
            created.Text,
            updated.Text.Replace(updated["date_updated"], "2015-12-16T22:18:37Z", StringComparison.Ordinal)
        );
    }

    [Theory, OnEachStore]
    public async Task Empty_parameters_count_as_absent(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        var path = $"Conversations/{conversation}/Participants/{sid}";
        var first = (
            await twilio.PostAsync(
                path,
                ("DateUpdated", "2015-12-16T22:18:37Z"),
                ("LastReadMessageIndex", "7"),
                ("LastReadTimestamp", "2018-01-02T03:04:05Z")
            )
        ).Ok();

        var second = (
            await twilio.PostAsync(
                path,
                ("Identity", ""),
                ("DateCreated", ""),
                ("RoleSid", ""),
                ("LastReadMessageIndex", ""),
                ("LastReadTimestamp", ""),
                ("MessagingBinding.ProjectedAddress", ""),
                ("DateUpdated", "2015-12-16T22:18:37Z")
            )
        ).Ok();

        Assert.Equal(first.Text, second.Text);
    }

    [Theory, OnEachStore]
    public async Task Unknown_parameters_are_ignored(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Created();

        var updated = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/{created["sid"]}?Attributes=1",
                ("MessagingBinding.Address", "+15558675311"),
                ("attributes", "1"),
                ("Sid", "x"),
                ("DateUpdated", "x"),
                ("DateUpdated", created["date_updated"])
            )
        ).Ok();

        Assert.Equal(created.Text, updated.Text);
    }

    [Theory, OnEachStore]
    public async Task Attributes_are_replaced_as_a_whole_and_an_empty_text_clears_them(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"), ("Attributes", """{"a":1}"""));
        var path = $"Conversations/{conversation}/Participants/alice";

        foreach (var attributes in new[] { """{ "b" : "ü🙂\u00fc" }""", "null", "\"text\"" })
        {
            Assert.Equal(attributes, (await twilio.PostAsync(path, ("Attributes", attributes))).Ok()["attributes"]);
            Assert.Equal(attributes, (await twilio.GetAsync(path)).Ok()["attributes"]);
        }

        Assert.Equal("{}", (await twilio.PostAsync(path, ("Attributes", ""))).Ok()["attributes"]);
    }

    [Theory]
    [OnEachStore("Attributes", "{", nameof(TwilioErrors.AttributesNotJson))]
    [OnEachStore("DateCreated", "yesterday", nameof(TwilioErrors.InvalidDateCreated))]
    [OnEachStore("DateUpdated", "yesterday", nameof(TwilioErrors.InvalidDateUpdated))]
    [OnEachStore("RoleSid", "nonsense", nameof(TwilioErrors.ConversationRoleNotFound))]
    [OnEachStore("RoleSid", Absent, nameof(TwilioErrors.ConversationRoleNotFound))]
    [OnEachStore("LastReadMessageIndex", "-1", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "+1", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "1.0", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "first", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", " 1", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "2147483648", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadTimestamp", "yesterday", nameof(TwilioErrors.InvalidLastReadTimestamp))]
    [OnEachStore("LastReadTimestamp", "null", nameof(TwilioErrors.InvalidLastReadTimestamp))]
    [OnEachStore("Identity", "US0123456789abcdef0123456789ABCDEF", nameof(TwilioErrors.IdentityMatchesUserSid))]
    [OnEachStore("MessagingBinding.ProxyAddress", "", nameof(TwilioErrors.ProxyAddressEmpty))]
    [OnEachStore("MessagingBinding.ProxyAddress", "nonsense", nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore("MessagingBinding.ProjectedAddress", "nonsense", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("MessagingBinding.ProjectedAddress", "12345", nameof(TwilioErrors.InvalidAddress))]
    public async Task An_invalid_value_is_refused_and_changes_nothing(
        Store store,
        string name,
        string value,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/alice",
                ("Attributes", "1"),
                (name, value)
            )
        ).Is(error);

        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok().Text
        );
    }

    [Theory, OnEachStore]
    public async Task Attributes_may_have_4096_bytes_of_UTF8(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var longest = $"\"{new string('ü', 2047)}\"";

        Assert.Equal(
            longest,
            (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", longest))).Ok()[
                "attributes"
            ]
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", longest + " "))).Is(
            TwilioErrors.AttributesTooLong
        );
    }

    [Theory, OnEachStore]
    public async Task A_RoleSid_of_another_service_or_of_type_service_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var service = await twilio.NewServiceAsync();
        var otherService = (await twilio.GetAsync($"/v1/Services/{service}/Configuration")).Ok()[
            "default_conversation_role_sid"
        ];

        foreach (var role in new[] { otherService, await twilio.NewRoleAsync("service") })
        {
            (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("RoleSid", role))).Is(
                TwilioErrors.ConversationRoleNotFound
            );
        }
    }

    [Theory, Everywhere]
    public async Task LastReadMessageIndex_sets_the_timestamp_to_now_unless_it_is_given(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var path = $"Conversations/{conversation}/Participants/alice";
        var before = DateTime.UtcNow.AddSeconds(-1);

        var now = (await twilio.PostAsync(path, ("LastReadMessageIndex", "7"))).Ok();
        Assert.Equal("7", now.Body["last_read_message_index"]!.ToJsonString());
        Assert.InRange(now.Date("last_read_timestamp"), before, DateTime.UtcNow);

        // An index above the last message and a decreasing index are both accepted.
        var given = (
            await twilio.PostAsync(
                path,
                ("LastReadMessageIndex", "3"),
                ("LastReadTimestamp", "2018-01-02T04:04:05.9+01:00")
            )
        ).Ok();
        Assert.Equal("3", given.Body["last_read_message_index"]!.ToJsonString());
        Assert.Equal("2018-01-02T03:04:05Z", given["last_read_timestamp"]);

        var timestamp = (await twilio.PostAsync(path, ("LastReadTimestamp", "2019-01-02T03:04:05Z"))).Ok();
        Assert.Equal("3", timestamp.Body["last_read_message_index"]!.ToJsonString());
        Assert.Equal("2019-01-02T03:04:05Z", timestamp["last_read_timestamp"]);

        var cleared = (await twilio.PostAsync(path, ("LastReadMessageIndex", "null"))).Ok();
        Assert.Contains(
            "\"last_read_message_index\":null,\"last_read_timestamp\":null}",
            cleared.Text,
            StringComparison.Ordinal
        );
        Assert.Equal(cleared.Text, (await twilio.GetAsync(path)).Ok().Text);
    }

    [Theory]
    [OnEachStore("0")]
    [OnEachStore("2147483647")]
    public async Task LastReadMessageIndex_is_an_integer_from_0_to_2147483647(Store store, string index)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        Assert.Equal(
            index,
            (
                await twilio.PostAsync(
                    $"Conversations/{conversation}/Participants/alice",
                    ("LastReadMessageIndex", index)
                )
            )
                .Ok()
                .Body["last_read_message_index"]!.ToJsonString()
        );
    }

    /// <summary>
    /// The result of an update for each kind of participant: first the kind, then its binding after the update.
    /// </summary>
    [Theory]
    [OnEachStore(
        null,
        "+15558675310",
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "+15017122661",
        """{"type":"sms","address":"+15558675310","proxy_address":"+15017122661"}"""
    )]
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "MessagingBinding.ProxyAddress",
        "null",
        """{"type":"sms","address":"+15558675310"}"""
    )]
    [OnEachStore(
        "alice",
        null,
        null,
        null,
        "MessagingBinding.ProjectedAddress",
        "+15017122661",
        """{"type":"sms","projected_address":"+15017122661"}"""
    )]
    [OnEachStore("alice", null, null, "+15017122661", "MessagingBinding.ProjectedAddress", "null", "null")]
    [OnEachStore(
        null,
        null,
        null,
        "+15017122661",
        "Identity",
        "alice",
        """{"type":"sms","projected_address":"+15017122661"}"""
    )]
    public async Task A_binding_can_be_completed_or_shortened(
        Store store,
        string? identity,
        string? address,
        string? proxyAddress,
        string? projectedAddress,
        string name,
        string value,
        string binding
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(
            conversation,
            NewParticipant.Of(identity, address, proxyAddress, projectedAddress)
        );

        var updated = (await twilio.PostAsync($"Conversations/{conversation}/Participants/{sid}", (name, value))).Ok();

        Assert.Equal(binding, updated.MessagingBinding);
        Assert.Equal(address is null ? "alice" : null, updated.Body["identity"]?.GetValue<string>());
        Assert.Equal(
            updated.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/{sid}")).Ok().Text
        );
    }

    [Theory, Everywhere]
    public async Task A_sender_is_replaced_by_removing_it_and_adding_another(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(
            conversation,
            ("MessagingBinding.Address", "whatsapp:+15558675310"),
            ("MessagingBinding.ProxyAddress", "whatsapp:+15017122661")
        );
        var path = $"Conversations/{conversation}/Participants/{sid}";

        var without = (await twilio.PostAsync(path, ("MessagingBinding.ProxyAddress", "null"))).Ok();
        await twilio.NewParticipantAsync(
            await twilio.NewConversationAsync(),
            ("MessagingBinding.Address", "whatsapp:+15558675310"),
            ("MessagingBinding.ProxyAddress", "whatsapp:+15017122661")
        );
        var with = (await twilio.PostAsync(path, ("MessagingBinding.ProxyAddress", "whatsapp:+15017122662"))).Ok();

        Assert.Equal("""{"type":"whatsapp","address":"whatsapp:+15558675310"}""", without.MessagingBinding);
        Assert.Equal(
            """{"type":"whatsapp","address":"whatsapp:+15558675310","proxy_address":"whatsapp:+15017122662"}""",
            with.MessagingBinding
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory]
    // A proxy address can be added only to an address without one.
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "MessagingBinding.ProxyAddress",
        "+15017122661",
        nameof(TwilioErrors.ProxyAddressNotAddable)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "MessagingBinding.ProxyAddress",
        "+15017122662",
        nameof(TwilioErrors.ProxyAddressNotAddable)
    )]
    [OnEachStore(
        "alice",
        null,
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "+15017122661",
        nameof(TwilioErrors.ProxyAddressNotAddable)
    )]
    [OnEachStore(
        null,
        null,
        null,
        "+15017122661",
        "MessagingBinding.ProxyAddress",
        "+15017122662",
        nameof(TwilioErrors.ProxyAddressNotAddable)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "+15558675310",
        nameof(TwilioErrors.AddressEqualsProxyAddress)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "whatsapp:+15017122661",
        nameof(TwilioErrors.AddressTypesDiffer)
    )]
    [OnEachStore(
        null,
        "alice@example.com",
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "+15017122661",
        nameof(TwilioErrors.ProxyAddressNotSupported)
    )]
    // It can be removed only if there is one and the rest is still a valid participant.
    [OnEachStore(
        null,
        "+15558675310",
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "null",
        nameof(TwilioErrors.ProxyAddressNotRemovable)
    )]
    [OnEachStore(
        "alice",
        null,
        null,
        null,
        "MessagingBinding.ProxyAddress",
        "null",
        nameof(TwilioErrors.ProxyAddressNotRemovable)
    )]
    // A projected address can be added only if there is no binding yet.
    [OnEachStore(
        "alice",
        null,
        null,
        "+15017122661",
        "MessagingBinding.ProjectedAddress",
        "+15017122662",
        nameof(TwilioErrors.ProjectedAddressNotAddable)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "MessagingBinding.ProjectedAddress",
        "+15017122662",
        nameof(TwilioErrors.ProjectedAddressNotAddable)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        null,
        null,
        "MessagingBinding.ProjectedAddress",
        "+15017122662",
        nameof(TwilioErrors.ProjectedAddressNotAddable)
    )]
    [OnEachStore(
        "alice",
        null,
        null,
        null,
        "MessagingBinding.ProjectedAddress",
        "null",
        nameof(TwilioErrors.ProjectedAddressNotRemovable)
    )]
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "MessagingBinding.ProjectedAddress",
        "null",
        nameof(TwilioErrors.ProjectedAddressNotRemovable)
    )]
    [OnEachStore(
        null,
        null,
        null,
        "+15017122661",
        "MessagingBinding.ProjectedAddress",
        "null",
        nameof(TwilioErrors.ProjectedAddressNotRemovable)
    )]
    // An identity can be added only to a projected address without one.
    [OnEachStore("alice", null, null, null, "Identity", "bob", nameof(TwilioErrors.IdentityNotAddable))]
    [OnEachStore("alice", null, null, "+15017122661", "Identity", "bob", nameof(TwilioErrors.IdentityNotAddable))]
    [OnEachStore("alice", null, null, "+15017122661", "Identity", "alice", nameof(TwilioErrors.IdentityNotAddable))]
    [OnEachStore(
        null,
        "+15558675310",
        "+15017122661",
        null,
        "Identity",
        "bob",
        nameof(TwilioErrors.IdentityNotAddable)
    )]
    [OnEachStore(null, "+15558675310", null, null, "Identity", "bob", nameof(TwilioErrors.IdentityNotAddable))]
    public async Task A_binding_cannot_be_replaced(
        Store store,
        string? identity,
        string? address,
        string? proxyAddress,
        string? projectedAddress,
        string name,
        string value,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Of(identity, address, proxyAddress, projectedAddress)
            )
        ).Created();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/{created["sid"]}",
                ("Attributes", "1"),
                (name, value)
            )
        ).Is(error);

        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/{created["sid"]}")).Ok().Text
        );
    }

    [Theory, Everywhere]
    public async Task An_identity_added_to_a_projected_address_creates_its_user(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122661"));
        Assert.Empty((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray());

        (await twilio.PostAsync($"Conversations/{conversation}/Participants/{sid}", ("Identity", "alice"))).Ok();

        Assert.Equal("alice", (await twilio.GetAsync("Users/alice")).Ok()["identity"]);
        Assert.Equal(sid, (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok()["sid"]);
    }

    /// <summary>The senders of these accounts are +15017122661 on sms and WhatsApp.</summary>
    [Theory, OnEachStore]
    public async Task An_account_with_configured_senders_may_use_no_others(Store store)
    {
        var twilio = await Twilio.NewAccountWithSendersAsync(store);
        var (one, two) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        var native =
            $"Conversations/{one}/Participants/"
            + $"{await twilio.NewParticipantAsync(one, NewParticipant.Native("+15558675310"))}";
        var chat =
            $"Conversations/{two}/Participants/{await twilio.NewParticipantAsync(two, NewParticipant.Chat("alice"))}";

        (await twilio.PostAsync(native, ("MessagingBinding.ProxyAddress", "+15017122662"))).Is(
            TwilioErrors.ProxyAddressNotAuthorized
        );
        (await twilio.PostAsync(native, ("MessagingBinding.ProxyAddress", "+15017122661"))).Ok();
        (await twilio.PostAsync(chat, ("MessagingBinding.ProjectedAddress", "+15017122662"))).Is(
            TwilioErrors.ProjectedAddressNotAuthorized
        );
        (await twilio.PostAsync(chat, ("MessagingBinding.ProjectedAddress", "+15017122661"))).Ok();
    }

    [Theory, Everywhere]
    public async Task A_participant_of_a_closed_conversation_cannot_be_updated(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", "1"))).Is(
            TwilioErrors.ConversationClosed
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", "{"))).Is(
            TwilioErrors.ConversationClosed
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/{created["sid"]}")).Is(
            TwilioErrors.ConversationClosed
        );

        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok().Text
        );
    }

    [Theory, OnEachStore]
    public async Task A_phone_number_of_no_country_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var (one, two) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        var native =
            $"Conversations/{one}/Participants/"
            + $"{await twilio.NewParticipantAsync(one, NewParticipant.Native("+15558675310"))}";
        var chat =
            $"Conversations/{two}/Participants/{await twilio.NewParticipantAsync(two, NewParticipant.Chat("alice"))}";

        (await twilio.PostAsync(native, ("MessagingBinding.ProxyAddress", "+1555"))).Is(
            TwilioErrors.InvalidProxyAddress
        );
        (await twilio.PostAsync(chat, ("MessagingBinding.ProjectedAddress", "+1555"))).Is(TwilioErrors.InvalidAddress);
    }

    /// <summary>
    /// Each row breaks two neighbouring rules in Twilio's order of checks, on an sms participant. The first rule
    /// answers.
    /// </summary>
    [Theory]
    [OnEachStore(nameof(TwilioErrors.AttributesNotJson), "Attributes", "{", "DateCreated", "x")]
    [OnEachStore(nameof(TwilioErrors.InvalidDateCreated), "DateCreated", "x", "DateUpdated", "x")]
    [OnEachStore(nameof(TwilioErrors.InvalidDateUpdated), "DateUpdated", "x", "RoleSid", "x")]
    [OnEachStore(nameof(TwilioErrors.ConversationRoleNotFound), "RoleSid", "x", "MessagingBinding.ProxyAddress", "x")]
    [OnEachStore(nameof(TwilioErrors.InvalidProxyAddress), "MessagingBinding.ProxyAddress", "x", "Identity", "alice")]
    [OnEachStore(
        nameof(TwilioErrors.ProxyAddressNotAddable),
        "MessagingBinding.ProxyAddress",
        "+15017122661",
        "RoleSid",
        Absent
    )]
    public async Task The_first_broken_rule_in_Twilios_order_answers(
        Store store,
        string error,
        string name,
        string value,
        string otherName,
        string otherValue
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/{sid}",
                (otherName, otherValue),
                (name, value)
            )
        ).Is(error);
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/absent",
                (otherName, otherValue),
                (name, value)
            )
        ).Is(TwilioErrors.NotFound($"/Conversations/{conversation}/Participants/absent"));
    }
}
