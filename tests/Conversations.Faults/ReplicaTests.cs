using System.Text.Json.Nodes;

namespace Conversations.Faults;

/// <summary>The last post-action event of a row shows the row as it is stored.</summary>
public sealed class ReplicaTests
{
    private static readonly int Turns = Rounds.Of(30, 500);

    private static readonly string[] Events =
    [
        "onConversationAdded",
        "onConversationUpdated",
        "onParticipantAdded",
        "onParticipantUpdated",
        "onUserAdded",
        "onUserUpdated",
    ];

    [Theory, OnEachStore]
    public async Task A_receiver_that_knows_only_the_events_of_racing_updates_has_the_rows_that_are_stored(Store store)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var plain = await Twilio.NewAccountAsync(store);
        var twilio = plain.WithWebhooks();
        (
            await plain.PostAsync(
                "/v1/Configuration/Webhooks",
                [("PostWebhookUrl", receiver.Url()), .. Events.Select(name => ("Filters", name))]
            )
        ).Ok();
        var role = await plain.NewRoleAsync("conversation");
        var userRole = await plain.NewRoleAsync("service");
        for (var turn = 0; turn < Turns; turn++)
        {
            var conversation = await twilio.NewConversationAsync();
            var at = $"Conversations/{conversation}";
            var participant = await twilio.NewParticipantAsync(conversation, ("Identity", $"user {turn}"));

            // Some values equal the stored ones. A writer of such a value still replaces the value of another writer.
            await Task.WhenAll(
                twilio.PostAsync(at, ("FriendlyName", $"name {turn}")),
                twilio.PostAsync(at, ("Attributes", """{"a":1}""")),
                twilio.PostAsync(at, ("Attributes", "{}")),
                twilio.PostAsync(at, ("UniqueName", $"unique {turn}")),
                twilio.PostAsync($"{at}/Participants/{participant}", ("Attributes", """{"b":1}""")),
                twilio.PostAsync($"{at}/Participants/{participant}", ("RoleSid", role)),
                twilio.PostAsync($"{at}/Participants/{participant}", ("LastReadMessageIndex", "7")),
                twilio.PostAsync($"Users/user {turn}", ("FriendlyName", $"friend {turn}")),
                twilio.PostAsync($"Users/user {turn}", ("Attributes", """{"c":1}""")),
                twilio.PostAsync($"Users/user {turn}", ("RoleSid", userRole))
            );
        }

        var requests = await receiver.GotAsync(Turns * 13);
        for (var turn = 0; turn < Turns; turn++)
        {
            await SameAsync(twilio, $"Conversations/unique {turn}", "ConversationSid", "Conversation", requests);
            await SameAsync(
                twilio,
                $"Conversations/unique {turn}/Participants/user {turn}",
                "ParticipantSid",
                "Participant",
                requests
            );
            await SameAsync(twilio, $"Users/user {turn}", "UserSid", "User", requests);
        }
    }

    // What the last event of the resource told, against what a client reads now.
    private static async Task SameAsync(
        Twilio twilio,
        string path,
        string sidName,
        string resource,
        IReadOnlyList<WebhookRequest> requests
    )
    {
        var body = (await twilio.GetAsync(path)).Ok().Body;
        var last = requests.Last(request =>
            request[sidName] == body["sid"]!.GetValue<string>()
            && request["EventType"]!.StartsWith($"on{resource}", StringComparison.Ordinal)
        );
        (string Event, string Member)[] fields =
        [
            ("FriendlyName", "friendly_name"),
            ("UniqueName", "unique_name"),
            ("Attributes", "attributes"),
            ("State", "state"),
            ("RoleSid", "role_sid"),
            ("Identity", "identity"),
            ("LastReadMessageIndex", "last_read_message_index"),
        ];
        Assert.Equal(
            fields.Select(field => $"{field.Member}={TextOf(body[field.Member])}"),
            fields.Select(field => $"{field.Member}={last[field.Event]}")
        );
        Assert.Equal(body["date_updated"]!.GetValue<string>()[..19], last["DateUpdated"]![..19]);
    }

    private static string? TextOf(JsonNode? node) => node?.ToString();
}
