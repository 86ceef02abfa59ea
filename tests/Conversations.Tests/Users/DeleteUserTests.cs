using Conversations.Api.Errors;

namespace Conversations.Tests.Users;

public sealed class DeleteUserTests
{
    [Theory, Everywhere]
    public async Task Delete_removes_the_identity_from_every_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        string[] conversations =
        [
            await twilio.NewConversationAsync(),
            await twilio.NewConversationAsync(),
            await twilio.NewConversationAsync(),
        ];
        foreach (var conversation in conversations)
        {
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        }

        (await twilio.PostAsync($"Conversations/{conversations[2]}", ("State", "closed"))).Ok();
        var user = (await twilio.GetAsync("Users/alice")).Ok()["sid"];

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        await Assert.AllAsync(
            conversations,
            async conversation =>
                Assert.Equal(
                    "bob",
                    Assert.Single(
                        (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body[
                            "participants"
                        ]!.AsArray()
                    )!["identity"]!.GetValue<string>()
                )
        );
        (await twilio.GetAsync($"Users/{user}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"Users/{user}")["/v1".Length..])
        );
        (await twilio.DeleteAsync($"Users/{user}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"Users/{user}")["/v1".Length..])
        );

        await twilio.NewParticipantAsync(conversations[0], ("Identity", "alice"));
        Assert.NotEqual(user, (await twilio.GetAsync("Users/alice")).Ok()["sid"]);
    }

    [Theory, Everywhere]
    public async Task Delete_frees_exactly_one_place(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.SetParticipantCountAsync(conversation, 1000);
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob"))).Is(
            TwilioErrors.ParticipantLimit
        );

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "carol"))).Is(
            TwilioErrors.ParticipantLimit
        );
    }

    [Theory, Everywhere]
    public async Task Delete_leaves_a_group_text_with_the_remaining_addresses(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var group = await NewGroupAsync(twilio, "alice", "+15550000001", "+15550000002", "+15550000003");

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        // The group holds the three addresses. The set of four with the projected address is free.
        var rival = await NewGroupAsync(twilio, null, "+15550000001", "+15550000002");
        (await AddAsync(twilio, rival, "+15550000003")).Is(TwilioErrors.GroupExists(group));
        await twilio.NewParticipantAsync(
            rival,
            ("Identity", "bob"),
            ("MessagingBinding.ProjectedAddress", "+15017122661")
        );
        (await AddAsync(twilio, rival, "+15550000003")).Created();
    }

    [Theory, Everywhere]
    public async Task Delete_leaves_the_remaining_addresses_to_the_group_text_that_holds_them(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var holder = await NewGroupAsync(twilio, null, "+15550000001", "+15550000002", "+15550000003");
        await NewGroupAsync(twilio, "alice", "+15550000001", "+15550000002", "+15550000003");

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        var rival = await NewGroupAsync(twilio, null, "+15550000001", "+15550000002");
        (await AddAsync(twilio, rival, "+15550000003")).Is(TwilioErrors.GroupExists(holder));
    }

    [Theory, Everywhere]
    public async Task Delete_of_the_only_group_member_ends_the_rules_of_groups(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(
            conversation,
            ("Identity", "alice"),
            ("MessagingBinding.ProjectedAddress", "+15017122661")
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob"))).Is(
            TwilioErrors.ProjectedAddressNotProvided
        );

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
    }

    [Theory, Everywhere]
    public async Task Delete_does_not_give_addresses_back_to_a_closed_group_text(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var closed = await NewGroupAsync(twilio, "alice", "+15550000001", "+15550000002", "+15550000003");
        (await twilio.PostAsync($"Conversations/{closed}", ("State", "closed"))).Ok();

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        await NewGroupAsync(twilio, null, "+15550000001", "+15550000002", "+15550000003");
    }

    private static async Task<string> NewGroupAsync(Twilio twilio, string? identity, params string[] addresses)
    {
        var conversation = await twilio.NewConversationAsync();
        if (identity is not null)
        {
            await twilio.NewParticipantAsync(
                conversation,
                ("Identity", identity),
                ("MessagingBinding.ProjectedAddress", "+15017122661")
            );
        }

        foreach (var address in addresses)
        {
            (await AddAsync(twilio, conversation, address)).Created();
        }

        return conversation;
    }

    private static Task<Answer> AddAsync(Twilio twilio, string conversation, string address) =>
        twilio.PostAsync($"Conversations/{conversation}/Participants", ("MessagingBinding.Address", address));
}
