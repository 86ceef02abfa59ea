using Conversations.Api.Errors;

namespace Conversations.Tests.Conversations;

public sealed class FetchAndDeleteConversationTests
{
    private static readonly (string, string)[] Pair =
    [
        ("MessagingBinding.Address", "+15558675310"),
        ("MessagingBinding.ProxyAddress", "+15017122661"),
    ];

    [Theory, Everywhere]
    public async Task A_unique_name_is_decoded_from_the_path(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await Assert.AllAsync(
            ["front desk", "a/b", "100%25", "ü+ß@x", "?&=#", "..%2F", "null"],
            async name =>
            {
                var conversation = await twilio.NewConversationAsync(("UniqueName", name));
                Assert.Equal(
                    conversation,
                    (await twilio.GetAsync($"Conversations/{Uri.EscapeDataString(name)}")).Ok()["sid"]
                );
            }
        );
    }

    [Theory, Everywhere]
    public async Task Delete_removes_the_participants_and_frees_pairs_names_and_conversation_counts(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "desk"));
        var sms = await twilio.NewParticipantAsync(conversation, Pair);
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.SetConversationCountAsync("alice", 1000);

        (await twilio.DeleteAsync("Conversations/desk")).NoContent();

        await Assert.AllAsync(
            [
                $"Conversations/{conversation}",
                "Conversations/desk",
                $"Conversations/{conversation}/Participants",
                $"Conversations/{conversation}/Participants/{sms}",
            ],
            async path => (await twilio.GetAsync(path)).Is(NotFound(twilio, path))
        );
        (await twilio.DeleteAsync("Conversations/desk")).Is(NotFound(twilio, "Conversations/desk"));
        Assert.Empty((await twilio.GetAsync("Conversations")).Ok().Body["conversations"]!.AsArray());

        var next = await twilio.NewConversationAsync(("UniqueName", "desk"));
        await twilio.NewParticipantAsync(next, Pair);
        await twilio.NewParticipantAsync(next, ("Identity", "alice"));
        (
            await twilio.PostAsync(
                $"Conversations/{await twilio.NewConversationAsync()}/Participants",
                ("Identity", "alice")
            )
        ).Is(TwilioErrors.UserConversationLimit);
    }

    [Theory, Everywhere]
    public async Task Delete_of_a_closed_conversation_frees_nothing_a_second_time(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        await twilio.SetConversationCountAsync("alice", 1000);

        (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();

        (
            await twilio.PostAsync(
                $"Conversations/{await twilio.NewConversationAsync()}/Participants",
                ("Identity", "alice")
            )
        ).Is(TwilioErrors.UserConversationLimit);
    }

    [Theory, Everywhere]
    public async Task An_absent_or_foreign_conversation_is_not_found(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var foreign = await (await Twilio.NewAccountAsync(store, shape)).NewConversationAsync(("UniqueName", "theirs"));
        var service = (await twilio.PostAsync("/v1/Services", ("FriendlyName", "Other"))).Created()["sid"];
        var elsewhere = (
            await twilio.PostAsync($"/v1/Services/{service}/Conversations", ("UniqueName", "other"))
        ).Created()["sid"];

        await Assert.AllAsync(
            [foreign, "theirs", elsewhere, "other", $"CH{new string('0', 32)}", "nonsense", "null"],
            async name =>
            {
                var path = $"Conversations/{name}";
                (await twilio.GetAsync($"{path}?x=1")).Is(NotFound(twilio, path));
                (await twilio.PostAsync(path, ("State", "open"))).Is(NotFound(twilio, path));
                (await twilio.DeleteAsync(path)).Is(NotFound(twilio, path));
                (await twilio.PostAsync($"{path}/Participants", Pair)).Is(NotFound(twilio, $"{path}/Participants"));
            }
        );
        Assert.Equal(
            "other",
            (await twilio.GetAsync($"/v1/Services/{service}/Conversations/{elsewhere}")).Ok()["unique_name"]
        );
    }

    private static TwilioError NotFound(Twilio twilio, string path) =>
        TwilioErrors.NotFound(twilio.PathOf(path)["/v1".Length..]);
}
