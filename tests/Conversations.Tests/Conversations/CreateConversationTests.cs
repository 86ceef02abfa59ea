using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Conversations;

public sealed class CreateConversationTests
{
    [Theory, Everywhere]
    public async Task Create_without_parameters_creates_an_active_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (await twilio.PostAsync("Conversations")).Created();

        var url = $"HOST{(shape == Shape.Service ? "/v1/Services/ISx" : "/v1")}/Conversations/CHx";
        Assert.Equal(
            $$$"""
            {"sid":"CHx","account_sid":"ACx","chat_service_sid":"ISx","messaging_service_sid":"MGx",
            "friendly_name":null,"unique_name":null,"attributes":"{}","state":"active","date_created":"DATE",
            "date_updated":"DATE","timers":{},"bindings":null,"url":"{{{url}}}",
            "links":{"participants":"{{{url}}}/Participants","messages":"{{{url}}}/Messages",
            "webhooks":"{{{url}}}/Webhooks","export":"{{{url}}}/Export"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(twilio.ChatServiceSid, answer["chat_service_sid"]);
        Assert.Equal(
            (await twilio.GetAsync("/v1/Configuration")).Ok()["default_messaging_service_sid"],
            answer["messaging_service_sid"]
        );
        Assert.Equal(answer["date_created"], answer["date_updated"]);
        Assert.EndsWith($"/Conversations/{answer["sid"]}", answer["url"], StringComparison.Ordinal);
    }

    [Theory, Everywhere]
    public async Task Create_stores_every_parameter(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (
            await twilio.PostAsync(
                "Conversations",
                ("FriendlyName", "Front desk ü"),
                ("UniqueName", "desk"),
                ("Attributes", "{ \"topic\":  \"feedback\" }"),
                ("State", "inactive"),
                ("DateCreated", "2015-12-16T22:18:37.123Z"),
                ("DateUpdated", "2015-12-17T00:18:38+02:00"),
                ("MessagingServiceSid", $"MG{new string('a', 32)}"),
                ("Bindings.Email.Address", "desk@example.com"),
                ("Bindings.Email.Name", "Desk")
            )
        ).Created();

        var url = $"HOST{(shape == Shape.Service ? "/v1/Services/ISx" : "/v1")}/Conversations/CHx";
        Assert.Equal(
            $$$$"""
            {"sid":"CHx","account_sid":"ACx","chat_service_sid":"ISx","messaging_service_sid":"MGx",
            "friendly_name":"Front desk ü","unique_name":"desk","attributes":"{ \"topic\":  \"feedback\" }",
            "state":"inactive","date_created":"DATE","date_updated":"DATE","timers":{},
            "bindings":{"email":{"projected_address":"desk@example.com","name":"Desk"}},"url":"{{{{url}}}}",
            "links":{"participants":"{{{{url}}}}/Participants","messages":"{{{{url}}}}/Messages",
            "webhooks":"{{{{url}}}}/Webhooks","export":"{{{{url}}}}/Export"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal("2015-12-16T22:18:37Z", answer["date_created"]);
        Assert.Equal("2015-12-16T22:18:38Z", answer["date_updated"]);
        Assert.Equal($"MG{new string('a', 32)}", answer["messaging_service_sid"]);
        Assert.Equal(answer.Text, (await twilio.GetAsync($"Conversations/{answer["sid"]}")).Ok().Text);
        Assert.Equal(answer.Text, (await twilio.GetAsync("Conversations/desk")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Create_treats_empty_parameters_as_absent(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (
            await twilio.PostAsync(
                "Conversations",
                ("FriendlyName", ""),
                ("UniqueName", ""),
                ("Attributes", ""),
                ("DateCreated", ""),
                ("DateUpdated", ""),
                ("MessagingServiceSid", ""),
                ("Timers.Inactive", ""),
                ("Timers.Closed", ""),
                ("Bindings.Email.Address", ""),
                ("Bindings.Email.Name", "")
            )
        ).Created();

        Assert.Equal((await twilio.PostAsync("Conversations")).Created().Masked, answer.Masked);
    }

    [Theory, Everywhere]
    public async Task Create_shows_the_dates_at_which_the_timers_expire(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (
            await twilio.PostAsync("Conversations", ("Timers.Inactive", "PT1M"), ("Timers.Closed", "PT10M"))
        ).Created();
        Assert.Equal(["date_inactive", "date_closed"], answer.Body["timers"]!.AsObject().Select(timer => timer.Key));
        var created = answer.Body["date_created"]!.GetValue<DateTime>();
        Assert.Equal(created.AddMinutes(1), answer.Body["timers"]!["date_inactive"]!.GetValue<DateTime>());
        Assert.Equal(created.AddMinutes(10), answer.Body["timers"]!["date_closed"]!.GetValue<DateTime>());

        // Recorded: one timer alone, without a state.
        var one = (await twilio.PostAsync("Conversations", ("Timers.Closed", "P1D"))).Created();
        Assert.Equal("""{"date_closed":"DATE"}""", Masks.Mask(one.Body["timers"]!.ToJsonString()));
        Assert.Equal("active", one["state"]);
    }

    [Theory, Everywhere]
    public async Task Create_with_a_unique_name_in_use_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await twilio.NewConversationAsync(("UniqueName", "desk"));

        (await twilio.PostAsync("Conversations", ("UniqueName", "desk"))).Is(TwilioErrors.UniqueNameExists);
        (
            await twilio
                .In(shape == Shape.Default ? Shape.Service : Shape.Default)
                .PostAsync("Conversations", ("UniqueName", "desk"))
        ).Is(TwilioErrors.UniqueNameExists);
    }

    [Theory, OnEachStore]
    public async Task A_unique_name_is_unique_within_its_service_only(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var here = await twilio.NewConversationAsync(("UniqueName", "desk"));
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "Other"))).Created()["sid"];

        var there = (await twilio.PostAsync($"Services/{service}/Conversations", ("UniqueName", "desk"))).Created();

        Assert.Equal(service, there["chat_service_sid"]);
        Assert.Equal(here, (await twilio.GetAsync("Conversations/desk")).Ok()["sid"]);
        Assert.Equal(there["sid"], (await twilio.GetAsync($"Services/{service}/Conversations/desk")).Ok()["sid"]);
        await (await Twilio.NewAccountAsync(store)).NewConversationAsync(("UniqueName", "desk"));
    }

    [Theory, OnEachStore]
    public async Task Create_and_update_refuse_a_bad_value_with_its_error(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var before = (await twilio.PostAsync("Conversations", ("FriendlyName", "Desk"))).Created();
        (string Name, string Value, TwilioError Error)[] bad =
        [
            ("Attributes", "{", TwilioErrors.AttributesNotJson),
            ("Attributes", " ", TwilioErrors.AttributesNotJson),
            ("Attributes", "{'a':1}", TwilioErrors.AttributesNotJson),
            ("Attributes", "{} {}", TwilioErrors.AttributesNotJson),
            ("Attributes", $"\"{new string('a', 16_383)}\"", TwilioErrors.AttributesTooLong),
            ("Attributes", $"\"{new string('ü', 8_192)}\"", TwilioErrors.AttributesTooLong),
            ("DateCreated", "yesterday", TwilioErrors.InvalidDateCreated),
            ("DateCreated", "2020-02-30T00:00:00Z", TwilioErrors.InvalidDateCreated),
            ("DateUpdated", "1609459200", TwilioErrors.InvalidDateUpdated),
            ("DateUpdated", "01/02/2020", TwilioErrors.InvalidDateUpdated),
            ("FriendlyName", new string('a', 257), TwilioErrors.FriendlyNameTooLong),
            ("UniqueName", new string('a', 257), TwilioErrors.UniqueNameTooLong),
            ("UniqueName", $"CH{new string('0', 32)}", TwilioErrors.UniqueNameMatchesSid),
            ("UniqueName", $"CH{new string('F', 32)}", TwilioErrors.UniqueNameMatchesSid),
            ("MessagingServiceSid", "nonsense", TwilioErrors.InvalidMessagingServiceSid),
            ("MessagingServiceSid", $"IS{new string('0', 32)}", TwilioErrors.InvalidMessagingServiceSid),
            ("State", "", TwilioErrors.StateEmpty),
            ("State", "open", TwilioErrors.InvalidState),
            ("State", "Active", TwilioErrors.InvalidState),
            ("State", "initializing", TwilioErrors.InvalidState),
            ("Timers.Inactive", "1 minute", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Inactive", "60", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Inactive", "P99999999999Y", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Inactive", "PT59S", TwilioErrors.InactiveTimerTooShort),
            ("Timers.Inactive", "-PT10M", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Inactive", "P1M", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Inactive", "P1W", TwilioErrors.InvalidInactiveTimer),
            ("Timers.Closed", "PT", TwilioErrors.InvalidClosedTimer),
            ("Timers.Closed", "P10000Y", TwilioErrors.InvalidClosedTimer),
            ("Timers.Closed", "PT9M59S", TwilioErrors.ClosedTimerTooShort),
        ];

        await Assert.AllAsync(
            bad,
            async parameter =>
            {
                (await twilio.PostAsync("Conversations", (parameter.Name, parameter.Value))).Is(parameter.Error);
                (
                    await twilio.PostAsync(
                        $"Conversations/{before["sid"]}",
                        ("FriendlyName", "Other"),
                        (parameter.Name, parameter.Value)
                    )
                ).Is(parameter.Error);
            }
        );
        Assert.Equal(
            before.Text,
            Assert
                .Single((await twilio.GetAsync("Conversations")).Ok().Body["conversations"]!.AsArray())!
                .ToJsonString(TwilioJson.Options)
        );
    }

    [Theory, OnEachStore]
    public async Task Create_and_update_accept_values_of_the_maximum_length(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        (string, string)[] form =
        [
            ("Attributes", $"\"{new string('ü', 8_191)}\""),
            ("FriendlyName", new string('ü', 256)),
            ("UniqueName", new string('ü', 256)),
        ];

        var created = (await twilio.PostAsync("Conversations", form)).Created();
        Assert.Equal(256, created["friendly_name"].Length);
        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{Uri.EscapeDataString(new string('ü', 256))}")).Ok().Text
        );
        (await twilio.PostAsync($"Conversations/{created["sid"]}", form)).Ok();
    }

    [Theory]
    [OnEachStore("[1, 2]")]
    [OnEachStore("\"text\"")]
    [OnEachStore("null")]
    [OnEachStore("12.50")]
    [OnEachStore("{\"a\":1,\"a\":2,\"ü\":\"\\u00fc\"}")]
    public async Task Attributes_of_any_JSON_type_are_stored_unchanged(Store store, string attributes)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var conversation = await twilio.NewConversationAsync(("Attributes", attributes));

        Assert.Equal(attributes, (await twilio.GetAsync($"Conversations/{conversation}")).Ok()["attributes"]);
    }

    [Theory, OnEachStore]
    public async Task Attributes_may_be_nested_as_deeply_as_their_length_allows(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var attributes = new string('[', 8_192) + new string(']', 8_192);

        Assert.Equal(
            attributes,
            (await twilio.PostAsync("Conversations", ("Attributes", attributes))).Created()["attributes"]
        );
        (await twilio.PostAsync("Conversations", ("Attributes", attributes[..^1]))).Is(TwilioErrors.AttributesNotJson);
    }

    [Theory, Everywhere]
    public async Task Create_in_state_closed_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        (await twilio.PostAsync("Conversations", ("State", "closed"))).Is(TwilioErrors.InitialStateClosed);
    }

    [Theory, OnEachStore]
    public async Task Create_in_an_unknown_service_is_not_found_before_any_other_check(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Services/IS{new string('f', 32)}/Conversations";

        (await twilio.PostAsync(path, ("State", "open"))).Is(TwilioErrors.NotFound($"/{path}"));
    }
}
