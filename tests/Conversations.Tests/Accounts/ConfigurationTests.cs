using Conversations.Api.Errors;

namespace Conversations.Tests.Accounts;

/// <summary>/v1/Configuration: the defaults of the account.</summary>
public sealed class ConfigurationTests
{
    [Theory, OnEachStore]
    public async Task Fetch_returns_the_configuration(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answer = (await twilio.GetAsync("Configuration")).Ok();

        Assert.Equal(
            """
            {"account_sid":"ACx","default_chat_service_sid":"ISx","default_messaging_service_sid":"MGx",
            "default_inactive_timer":null,"default_closed_timer":null,"url":"HOST/v1/Configuration",
            "links":{"service":"HOST/v1/Services/ISx/Configuration","webhooks":"HOST/v1/Configuration/Webhooks"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(twilio.ChatServiceSid, answer["default_chat_service_sid"]);
        Assert.Equal(answer.Text, (await twilio.PostAsync("Configuration")).Ok().Text);
        Assert.Equal(
            answer.Text,
            (await twilio.PostAsync("Configuration", ("DefaultChatServiceSid", ""), ("DefaultMessagingServiceSid", "")))
                .Ok()
                .Text
        );
    }

    [Theory, OnEachStore]
    public async Task Short_paths_address_the_new_default_service_after_an_update(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var old = await twilio.NewConversationAsync(("UniqueName", "desk"));
        await twilio.NewParticipantAsync(old, ("Identity", "alice"));
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "New"))).Created()["sid"];
        (await twilio.PostAsync($"Services/{service}/Users", ("Identity", "bob"))).Created();

        var answer = (await twilio.PostAsync("Configuration", ("DefaultChatServiceSid", service))).Ok();

        Assert.Equal(service, answer["default_chat_service_sid"]);
        Assert.EndsWith(
            $"/v1/Services/{service}/Configuration",
            answer.Body["links"]!["service"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
        (await twilio.GetAsync($"Conversations/{old}")).Is(TwilioErrors.NotFound($"/Conversations/{old}"));
        (await twilio.GetAsync($"Conversations/{old}/Participants")).Is(
            TwilioErrors.NotFound($"/Conversations/{old}/Participants")
        );
        (await twilio.GetAsync("Conversations/desk/Participants/alice")).Is(
            TwilioErrors.NotFound("/Conversations/desk/Participants/alice")
        );
        (await twilio.GetAsync("Users/alice")).Is(TwilioErrors.NotFound("/Users/alice"));
        (await twilio.GetAsync($"Services/{twilio.ChatServiceSid}/Conversations/desk/Participants/alice")).Ok();
        Assert.Equal(service, (await twilio.GetAsync("Users/bob")).Ok()["chat_service_sid"]);
        Assert.Equal(
            service,
            (await twilio.PostAsync("Conversations", ("UniqueName", "desk"))).Created()["chat_service_sid"]
        );

        (await twilio.DeleteAsync($"Services/{service}")).Is(TwilioErrors.DefaultServiceNotDeletable);
        (await twilio.DeleteAsync($"Services/{twilio.ChatServiceSid}")).NoContent();
        (await twilio.GetAsync($"Services/{twilio.ChatServiceSid}/Conversations")).Is(
            TwilioErrors.NotFound($"/Services/{twilio.ChatServiceSid}/Conversations")
        );
    }

    [Theory, Everywhere]
    public async Task New_conversations_get_the_default_messaging_service_and_timers(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var earlier = await twilio.NewConversationAsync();
        var messagingService = $"MG{new string('7', 32)}";

        var set = (
            await twilio.PostAsync(
                "/v1/Configuration",
                ("DefaultMessagingServiceSid", messagingService),
                ("DefaultInactiveTimer", "PT1M"),
                ("DefaultClosedTimer", "P1DT12H")
            )
        ).Ok();
        Assert.Equal(messagingService, set["default_messaging_service_sid"]);
        Assert.Equal("PT1M", set["default_inactive_timer"]);
        Assert.Equal("P1DT12H", set["default_closed_timer"]);
        Assert.Equal(
            set.Text,
            (await twilio.PostAsync("/v1/Configuration", ("DefaultMessagingServiceSid", ""))).Ok().Text
        );

        var conversation = (await twilio.PostAsync("Conversations")).Created();
        Assert.Equal(messagingService, conversation["messaging_service_sid"]);
        Assert.Equal(TimeSpan.FromMinutes(1), Until(conversation, "date_inactive"));
        Assert.Equal(TimeSpan.FromHours(36), Until(conversation, "date_closed"));

        // The conversation's own timer, and the default for the other one.
        Assert.Equal(
            TimeSpan.FromHours(36),
            Until((await twilio.PostAsync("Conversations", ("Timers.Inactive", "PT5M"))).Created(), "date_closed")
        );
        Assert.Equal("{}", (await twilio.GetAsync($"Conversations/{earlier}")).Ok().Body["timers"]!.ToJsonString());

        var cleared = (await twilio.PostAsync("/v1/Configuration", ("DefaultInactiveTimer", ""))).Ok();
        Assert.Null(cleared.Body["default_inactive_timer"]);
        Assert.Equal("P1DT12H", cleared["default_closed_timer"]);
        (await twilio.PostAsync("/v1/Configuration", ("DefaultClosedTimer", ""))).Ok();
        Assert.Equal("{}", (await twilio.PostAsync("Conversations")).Created().Body["timers"]!.ToJsonString());
    }

    [Theory, OnEachStore]
    public async Task Update_with_a_bad_value_is_refused_and_changes_nothing(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var before = (await twilio.GetAsync("Configuration")).Ok();
        var foreign = await Twilio.NewAccountAsync(store);
        (string Name, string Value, TwilioError Error)[] bad =
        [
            ("DefaultChatServiceSid", "nonsense", TwilioErrors.ServiceNotFound),
            ("DefaultChatServiceSid", $"IS{new string('f', 32)}", TwilioErrors.ServiceNotFound),
            ("DefaultChatServiceSid", foreign.ChatServiceSid, TwilioErrors.ServiceNotFound),
            ("DefaultMessagingServiceSid", "nonsense", TwilioErrors.InvalidMessagingServiceSid),
            ("DefaultMessagingServiceSid", before["default_chat_service_sid"], TwilioErrors.InvalidMessagingServiceSid),
            ("DefaultInactiveTimer", "1 minute", TwilioErrors.InvalidInactiveTimer),
            ("DefaultInactiveTimer", "PT59S", TwilioErrors.InactiveTimerTooShort),
            ("DefaultClosedTimer", "10", TwilioErrors.InvalidClosedTimer),
            ("DefaultClosedTimer", "PT9M59S", TwilioErrors.ClosedTimerTooShort),
        ];

        await Assert.AllAsync(
            bad,
            async parameter =>
                (
                    await twilio.PostAsync(
                        "Configuration",
                        ("DefaultInactiveTimer", "PT2H"),
                        (parameter.Name, parameter.Value)
                    )
                ).Is(parameter.Error)
        );
        Assert.Equal(before.Text, (await twilio.GetAsync("Configuration")).Ok().Text);
    }

    private static TimeSpan Until(Answer conversation, string timer) =>
        conversation.Body["timers"]![timer]!.GetValue<DateTime>()
        - conversation.Body["date_created"]!.GetValue<DateTime>();
}
