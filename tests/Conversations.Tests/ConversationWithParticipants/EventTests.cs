using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;
using static Conversations.TestSupport.NewConversation;

namespace Conversations.Tests.ConversationWithParticipants;

/// <summary>The events of a conversation that is created together with its participants.</summary>
public sealed class EventTests
{
    private static readonly (string Name, string Value)[] Members =
    [
        ("FriendlyName", "a name"),
        WithIdentity("alice"),
        WithPair("+15558675310", "+15017122661"),
    ];

    [Theory, Everywhere]
    public async Task The_events_come_in_the_order_of_the_steps(Store store, Shape shape)
    {
        await using var hooked = await Hooked.NewAsync(store, shape);

        var created = (await hooked.Twilio.PostAsync(Endpoint, Members)).Accepted();
        var ready = await ReadyAsync(hooked.Plain, created["sid"]);
        await Hooked.EmptyAsync(hooked.Plain);

        Assert.Equal(
            [
                "/pre onConversationAdd ",
                $"/post onConversationAdded {created["sid"]}",
                "/post onUserAdded ",
                $"/post onParticipantAdded {created["sid"]}",
                $"/post onParticipantAdded {created["sid"]}",
                $"/post onConversationStateUpdated {created["sid"]}",
            ],
            // The event of the user has a queue of its own.
            hooked
                .Receiver.Requests.OrderBy(request =>
                    request["EventType"] switch
                    {
                        "onConversationAdd" => 0,
                        "onConversationAdded" => 1,
                        "onUserAdded" => 2,
                        _ => 3,
                    }
                )
                .Select(request => $"{request.Target} {request["EventType"]} {request["ConversationSid"]}")
        );
        var added = hooked.Receiver.Requests.Where(request => request["EventType"] == "onParticipantAdded");
        Assert.Equal(["alice", null], added.Select(request => request["Identity"]));
        Assert.Equal(
            "initializing",
            hooked.Receiver.Requests.Single(request => request["EventType"] == "onConversationAdded")["State"]
        );
        await hooked.ToldAsync(
            "onConversationStateUpdated",
            ("ConversationSid", created["sid"]),
            ("MessagingServiceSid", ready["messaging_service_sid"]),
            ("StateFrom", "initializing"),
            ("StateTo", "active"),
            ("Reason", "EVENT"),
            ("StateUpdated", "*")
        );
    }

    [Theory, OnEachStore]
    public async Task Without_the_header_there_are_no_events(Store store)
    {
        await using var hooked = await Hooked.NewAsync(store);

        await CreateAsync(hooked.Plain, Members);

        Assert.Empty(await hooked.EventsAsync());
    }

    [Theory, OnEachStore]
    public async Task The_pre_action_webhook_may_change_the_name_or_refuse(Store store)
    {
        await using var hooked = await Hooked.NewAsync(store);
        hooked.Receiver.AnswerWith(200, """{"friendly_name": "another name"}""");
        var created = (await hooked.Twilio.PostAsync(Endpoint, Members)).Accepted();
        Assert.Equal("another name", created["friendly_name"]);
        Assert.Equal("another name", (await ReadyAsync(hooked.Plain, created["sid"]))["friendly_name"]);

        (await hooked.Plain.DeleteAsync($"Conversations/{created["sid"]}")).NoContent();
        hooked.Receiver.AnswerWith(403);
        (await hooked.Twilio.PostAsync(Endpoint, Members)).Is(TwilioErrors.WebhookCancelled);
        Assert.Empty(
            (await hooked.Plain.GetAsync("ParticipantConversations?Identity=alice")).Ok().Body[
                "conversations"
            ]!.AsArray()
        );
        await CreateAsync(hooked.Plain, Members);
        await Invariants.HoldAsync(hooked.Plain);
    }
}
