using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Participants;

/// <summary>
/// The special properties of the list of participants. <see cref="Conformance.ListContract"/> tests its paging.
/// </summary>
public sealed class ListParticipantTests
{
    [Theory, Everywhere]
    public async Task List_shows_every_kind_of_participant_like_fetch(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        string[] sids =
        [
            await twilio.NewParticipantAsync(
                conversation,
                ("Identity", "alice"),
                ("Attributes", """{ "role": "driver" }""")
            ),
            await twilio.NewParticipantAsync(
                conversation,
                ("MessagingBinding.Address", "+15558675310"),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            ),
            await twilio.NewParticipantAsync(
                conversation,
                ("MessagingBinding.Address", "whatsapp:+15558675310"),
                ("MessagingBinding.ProxyAddress", "whatsapp:+15017122661")
            ),
        ];

        var list = (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok();

        var rows = list.Body["participants"]!.AsArray();
        Assert.Equal(sids, rows.Select(row => row!["sid"]!.GetValue<string>()));
        await Assert.AllAsync(
            rows,
            async row =>
                Assert.Equal(
                    (await twilio.GetAsync($"Conversations/{conversation}/Participants/{row!["sid"]}")).Ok().Text,
                    row.ToJsonString(TwilioJson.Options)
                )
        );
    }

    [Theory, Everywhere]
    public async Task List_of_a_conversation_without_participants_is_empty(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var url =
            $"{twilio.Server.Address}"
            + $"{twilio.PathOf($"Conversations/{await twilio.NewConversationAsync()}/Participants")[1..]}"
            + "?PageSize=50&Page=0";

        var list = (await twilio.GetAsync(url)).Ok();

        Assert.Equal(
            $$"""
            {"meta":{"page":0,"page_size":50,"first_page_url":"{{url}}","previous_page_url":null,"url":"{{url}}",
            "next_page_url":null,"key":"participants"},"participants":[]}
            """.ReplaceLineEndings(""),
            list.Text
        );
    }

    [Theory, Everywhere]
    public async Task List_by_the_unique_name_keeps_it_in_the_page_URLs(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "front desk/ü"));
        string[] sids =
        [
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice")),
            await twilio.NewParticipantAsync(conversation, ("Identity", "bob")),
        ];
        var path = twilio.PathOf("Conversations/front%20desk%2F%C3%BC/Participants");

        var first = (await twilio.GetAsync($"{path}?PageSize=1")).Ok();
        Assert.Equal(
            new Uri(twilio.Server.Address, $"{path}?PageSize=1&Page=0").AbsoluteUri,
            first.Body["meta"]!["url"]!.GetValue<string>()
        );
        var next = first.Body["meta"]!["next_page_url"]!.GetValue<string>();
        Assert.Equal(
            new Uri(twilio.Server.Address, $"{path}?PageSize=1&Page=1&PageToken=PT{sids[1]}").AbsoluteUri,
            next
        );

        var second = (await twilio.GetAsync(next)).Ok();
        Assert.Equal(sids[1], second.Body["participants"]![0]!["sid"]!.GetValue<string>());
        Assert.Equal(conversation, second.Body["participants"]![0]!["conversation_sid"]!.GetValue<string>());
    }

    [Theory, Everywhere]
    public async Task List_of_an_unknown_conversation_is_not_found(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var foreign = await (await Twilio.NewAccountAsync(store)).NewConversationAsync(("UniqueName", "theirs"));
        var deleted = await twilio.NewConversationAsync();
        (await twilio.DeleteAsync($"Conversations/{deleted}")).NoContent();

        await Assert.AllAsync(
            [foreign, "theirs", deleted, $"CH{new string('0', 32)}"],
            async conversation =>
            {
                var path = twilio.PathOf($"Conversations/{conversation}/Participants");
                (await twilio.GetAsync($"{path}?PageSize=2&Page=1&PageToken=PTMB{new string('0', 32)}")).Is(
                    TwilioErrors.NotFound(path["/v1".Length..])
                );
            }
        );
    }

    [Theory, Everywhere]
    public async Task The_token_of_one_conversation_shows_none_of_its_rows_in_another(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var one = await twilio.NewConversationAsync();
        var other = await twilio.NewConversationAsync();
        var alice = await twilio.NewParticipantAsync(one, ("Identity", "alice"));
        var bob = await twilio.NewParticipantAsync(other, ("Identity", "bob"));
        await twilio.NewParticipantAsync(one, ("Identity", "carol"));

        var list = (await twilio.GetAsync($"Conversations/{other}/Participants?PageToken=PT{alice}")).Ok();

        Assert.Equal(bob, Assert.Single(list.Body["participants"]!.AsArray())!["sid"]!.GetValue<string>());
        Assert.Null(list.Body["meta"]!["previous_page_url"]);
    }

    [Theory, Everywhere]
    public async Task List_of_a_closed_conversation_still_shows_its_participants(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        var list = (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok();

        Assert.Equal(alice, Assert.Single(list.Body["participants"]!.AsArray())!["sid"]!.GetValue<string>());
    }
}
