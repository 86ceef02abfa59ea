using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

/// <summary>
/// An identity is in a conversation once. A pair of address and proxy address is in the open conversations of an
/// account once.
/// </summary>
public sealed class UniquenessTests
{
    private static readonly (string Name, string Value)[] Pair = NewParticipant.Sms("+15558675310", "+15017122661");

    [Theory, Everywhere]
    public async Task Create_with_an_identity_that_is_in_the_conversation_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))).Is(
            TwilioErrors.ParticipantExists
        );
    }

    [Theory, Everywhere]
    public async Task An_identity_may_be_in_many_conversations(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "alice"));
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "alice"));
    }

    [Theory, Everywhere]
    public async Task An_identity_is_free_after_its_participant_or_user_is_deleted(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.DeleteAsync("Users/alice")).NoContent();
        Assert.Empty(
            (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body["participants"]!.AsArray()
        );
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
    }

    [Theory, Everywhere]
    public async Task Create_with_a_binding_in_use_names_the_conversation_that_holds_it(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (holder, other) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        await twilio.NewParticipantAsync(holder, Pair);

        (await twilio.PostAsync($"Conversations/{other}/Participants", Pair)).Is(TwilioErrors.BindingInUse(holder));
        (await twilio.PostAsync($"Conversations/{holder}/Participants", Pair)).Is(TwilioErrors.BindingInUse(holder));
    }

    [Theory, Everywhere]
    public async Task A_binding_is_in_use_across_the_chat_services_of_the_account(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var service = await twilio.NewServiceAsync();
        var holder = (await twilio.PostAsync($"/v1/Services/{service}/Conversations")).Created()["sid"];
        (await twilio.PostAsync($"/v1/Services/{service}/Conversations/{holder}/Participants", Pair)).Created();

        (await twilio.PostAsync($"Conversations/{await twilio.NewConversationAsync()}/Participants", Pair)).Is(
            TwilioErrors.BindingInUse(holder)
        );
    }

    [Theory, Everywhere]
    public async Task An_inactive_conversation_keeps_its_bindings(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var holder = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(holder, Pair);
        (await twilio.PostAsync($"Conversations/{holder}", ("State", "inactive"))).Ok();

        (await twilio.PostAsync($"Conversations/{await twilio.NewConversationAsync()}/Participants", Pair)).Is(
            TwilioErrors.BindingInUse(holder)
        );
    }

    [Theory, Everywhere]
    public async Task Another_account_may_use_the_same_binding(Store store, Shape shape)
    {
        foreach (
            var twilio in new[]
            {
                await Twilio.NewAccountAsync(store, shape),
                await Twilio.NewAccountAsync(store, shape),
            }
        )
        {
            await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), Pair);
        }
    }

    [Theory]
    [OnEachStore("+15558675310", "+15017122662")]
    [OnEachStore("+15558675311", "+15017122661")]
    [OnEachStore("+15017122661", "+15558675310")]
    [OnEachStore("whatsapp:+15558675310", "whatsapp:+15017122661")]
    public async Task A_binding_with_another_address_or_proxy_address_is_another_one(
        Store store,
        string address,
        string proxyAddress
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, Pair);

        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms(address, proxyAddress));
    }

    [Theory]
    [OnEachStore("participant")]
    [OnEachStore("proxy address")]
    [OnEachStore("closed")]
    [OnEachStore("conversation")]
    [OnEachStore("service")]
    public async Task A_binding_is_free_after_its_holder_is_gone(Store store, string what)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var holder = $"{service}/Conversations/{(await twilio.PostAsync($"{service}/Conversations")).Created()["sid"]}";
        var participant =
            $"{holder}/Participants/{(await twilio.PostAsync($"{holder}/Participants", Pair)).Created()["sid"]}";

        _ = what switch
        {
            "participant" => (await twilio.DeleteAsync(participant)).NoContent(),
            "proxy address" => (await twilio.PostAsync(participant, ("MessagingBinding.ProxyAddress", "null"))).Ok(),
            "closed" => (await twilio.PostAsync(holder, ("State", "closed"))).Ok(),
            "conversation" => (await twilio.DeleteAsync(holder)).NoContent(),
            _ => (await twilio.DeleteAsync(service)).NoContent(),
        };

        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), Pair);
    }

    [Theory, Everywhere]
    public async Task Update_to_a_binding_in_use_names_the_conversation_that_holds_it(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (holder, other) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        await twilio.NewParticipantAsync(holder, Pair);
        var sid = await twilio.NewParticipantAsync(other, NewParticipant.Native("+15558675310"));

        (
            await twilio.PostAsync(
                $"Conversations/{other}/Participants/{sid}",
                ("MessagingBinding.ProxyAddress", "+15017122661")
            )
        ).Is(TwilioErrors.BindingInUse(holder));
        (
            await twilio.PostAsync(
                $"Conversations/{other}/Participants/{sid}",
                ("MessagingBinding.ProxyAddress", "+15017122662")
            )
        ).Ok();
        (
            await twilio.PostAsync(
                $"Conversations/{holder}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122662")
            )
        ).Is(TwilioErrors.BindingInUse(other));
    }

    [Theory, Everywhere]
    public async Task Update_to_an_identity_that_is_in_the_conversation_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122661", identity: "alice"));
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122662"));

        (await twilio.PostAsync($"Conversations/{conversation}/Participants/{sid}", ("Identity", "alice"))).Is(
            TwilioErrors.ParticipantExists
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/{sid}", ("Identity", "bob"))).Ok();
    }
}
