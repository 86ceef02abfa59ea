using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

/// <summary>
/// Group texts (Group MMS): conversations with a participant that has only an address or a projected address. With
/// three or more bound participants, no two open ones of an account have the same set of addresses.
/// </summary>
public sealed class GroupTextTests
{
    private const string One = "+15558675311";

    private const string Two = "+15558675312";

    private const string Three = "+15558675313";

    private const string Projected = "+15017122661";

    [Theory, Everywhere]
    public async Task An_identity_joins_a_group_only_with_a_projected_address(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await NewGroupAsync(twilio, NewParticipant.Native(One));

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Chat("alice"))).Is(
            TwilioErrors.ProjectedAddressNotProvided
        );
        await twilio.NewParticipantAsync(conversation, NewParticipant.Projected(Projected, identity: "alice"));
    }

    [Theory, Everywhere]
    public async Task A_conversation_with_a_plain_chat_participant_does_not_become_a_group(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await NewGroupAsync(
            twilio,
            NewParticipant.Chat("alice"),
            NewParticipant.Sms(One, Projected)
        );

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Native(Two))).Is(
            TwilioErrors.GroupActivationFailed
        );
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Projected("+15017122662")
            )
        ).Is(TwilioErrors.GroupActivationFailed);

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/alice",
                ("MessagingBinding.ProjectedAddress", "+15017122662")
            )
        ).Ok();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Native(Two));
    }

    [Theory]
    [OnEachStore(null, One, null, null, nameof(TwilioErrors.GroupParticipantExists))]
    [OnEachStore(null, null, null, Projected, nameof(TwilioErrors.GroupParticipantExists))]
    [OnEachStore("alice", null, null, "+15017122662", nameof(TwilioErrors.GroupParticipantExists))]
    [OnEachStore("alice", null, null, "+15017122663", nameof(TwilioErrors.ParticipantExists))]
    [OnEachStore(null, Two, Projected, null, nameof(TwilioErrors.GroupParticipantExists))]
    public async Task A_second_member_with_the_same_address_is_refused(
        Store store,
        string? identity,
        string? address,
        string? proxyAddress,
        string? projectedAddress,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Projected(Projected),
            NewParticipant.Projected("+15017122662", identity: "alice"),
            NewParticipant.Sms(Two, Projected)
        );

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Of(identity, address, proxyAddress, projectedAddress)
            )
        ).Is(error);
    }

    [Theory, Everywhere]
    public async Task Create_of_a_member_that_completes_the_set_of_another_group_names_that_group(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var holder = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Projected(Projected, identity: "alice")
        );
        var other = await NewGroupAsync(twilio, NewParticipant.Projected(Projected), NewParticipant.Native(Two));

        (await twilio.PostAsync($"Conversations/{other}/Participants", NewParticipant.Native(One))).Is(
            TwilioErrors.GroupExists(holder)
        );
        await twilio.NewParticipantAsync(other, NewParticipant.Native(Three));
        await twilio.NewParticipantAsync(other, NewParticipant.Native(One));
    }

    [Theory, OnEachStore]
    public async Task A_set_is_in_use_across_the_chat_services_of_the_account_but_not_in_another_account(Store store)
    {
        var (twilio, stranger) = (await Twilio.NewAccountAsync(store), await Twilio.NewAccountAsync(store));
        var holder = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Native(Three)
        );
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var other =
            $"{service}/Conversations/{(await twilio.PostAsync($"{service}/Conversations")).Created()["sid"]}"
            + "/Participants";
        (await twilio.PostAsync(other, NewParticipant.Native(One))).Created();
        (await twilio.PostAsync(other, NewParticipant.Native(Two))).Created();

        (await twilio.PostAsync(other, NewParticipant.Native(Three))).Is(TwilioErrors.GroupExists(holder));
        await NewGroupAsync(
            stranger,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Native(Three)
        );
    }

    [Theory, Everywhere]
    public async Task Two_bound_participants_are_not_a_group_yet(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        await NewGroupAsync(twilio, NewParticipant.Native(One), NewParticipant.Projected(Projected));
        await NewGroupAsync(twilio, NewParticipant.Native(One), NewParticipant.Projected(Projected));
    }

    [Theory, OnEachStore]
    public async Task Conversations_without_group_members_may_hold_the_same_addresses(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        await NewGroupAsync(
            twilio,
            NewParticipant.Sms(One, Projected),
            NewParticipant.Sms(Two, Projected),
            NewParticipant.Sms(Three, Projected)
        );
        await NewGroupAsync(
            twilio,
            NewParticipant.Sms(One, "+15017122662"),
            NewParticipant.Sms(Two, "+15017122662"),
            NewParticipant.Sms(Three, "+15017122662")
        );
    }

    [Theory, Everywhere]
    public async Task Update_of_a_binding_that_completes_the_set_of_another_group_names_that_group(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var holder = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Native(Three)
        );
        var other = await NewGroupAsync(twilio, NewParticipant.Sms(One, Projected), NewParticipant.Sms(Two, Projected));
        var last = await twilio.NewParticipantAsync(other, NewParticipant.Sms(Three, Projected));

        (
            await twilio.PostAsync(
                $"Conversations/{other}/Participants/{last}",
                ("MessagingBinding.ProxyAddress", "null")
            )
        ).Is(TwilioErrors.GroupExists(holder));
    }

    [Theory]
    [OnEachStore("participant")]
    [OnEachStore("user")]
    [OnEachStore("projected address")]
    [OnEachStore("closed")]
    [OnEachStore("closed, then user")]
    [OnEachStore("conversation")]
    [OnEachStore("service")]
    public async Task A_set_is_free_after_its_group_is_gone(Store store, string what)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var holder = $"{service}/Conversations/{(await twilio.PostAsync($"{service}/Conversations")).Created()["sid"]}";
        foreach (
            var member in new[]
            {
                // Without alice's projected address these two make no group.
                what == "projected address"
                    ? NewParticipant.Sms(One, "+15017122662")
                    : NewParticipant.Native(One),
                what == "projected address" ? NewParticipant.Sms(Two, "+15017122662") : NewParticipant.Native(Two),
                NewParticipant.Projected(Projected, identity: "alice"),
            }
        )
        {
            (await twilio.PostAsync($"{holder}/Participants", member)).Created();
        }

        switch (what)
        {
            case "participant":
                (await twilio.DeleteAsync($"{holder}/Participants/alice")).NoContent();
                break;
            case "user":
                (await twilio.DeleteAsync($"{service}/Users/alice")).NoContent();
                break;
            case "projected address":
                (
                    await twilio.PostAsync(
                        $"{holder}/Participants/alice",
                        ("MessagingBinding.ProjectedAddress", "null")
                    )
                ).Ok();
                break;
            case "closed":
                (await twilio.PostAsync(holder, ("State", "closed"))).Ok();
                break;
            case "closed, then user":
                (
                    await twilio.PostAsync(
                        $"{holder}/Participants",
                        NewParticipant.Projected("+15017122662", identity: "bob")
                    )
                ).Created();
                (await twilio.PostAsync(holder, ("State", "closed"))).Ok();
                (await twilio.DeleteAsync($"{service}/Users/bob")).NoContent();
                break;
            case "conversation":
                (await twilio.DeleteAsync(holder)).NoContent();
                break;
            default:
                (await twilio.DeleteAsync(service)).NoContent();
                break;
        }

        await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Projected(Projected)
        );
    }

    [Theory, OnEachStore]
    public async Task A_group_that_shrinks_holds_the_remaining_set(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var holder = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Native(Three),
            NewParticipant.Projected(Projected, identity: "alice")
        );
        (await twilio.DeleteAsync($"Conversations/{holder}/Participants/alice")).NoContent();
        var other = await NewGroupAsync(twilio, NewParticipant.Native(One), NewParticipant.Native(Two));

        (await twilio.PostAsync($"Conversations/{other}/Participants", NewParticipant.Native(Three))).Is(
            TwilioErrors.GroupExists(holder)
        );
    }

    [Theory, OnEachStore]
    public async Task A_member_may_leave_even_if_another_group_has_the_remaining_set(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var holder = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Native(Two),
            NewParticipant.Native(Three)
        );
        var other = await NewGroupAsync(
            twilio,
            NewParticipant.Projected(Projected, identity: "alice"),
            NewParticipant.Native(One),
            NewParticipant.Native(Two)
        );
        var three = await twilio.NewParticipantAsync(other, NewParticipant.Native(Three));
        (await twilio.DeleteAsync($"Conversations/{other}/Participants/alice")).NoContent();

        // An update that leaves the binding unchanged is independent of the group.
        var role = await twilio.NewRoleAsync("conversation");
        Assert.Equal(
            role,
            (await twilio.PostAsync($"Conversations/{other}/Participants/{three}", ("RoleSid", role))).Ok()["role_sid"]
        );

        (await twilio.DeleteAsync($"Conversations/{other}/Participants/{three}")).NoContent();
        (await twilio.PostAsync($"Conversations/{other}/Participants", NewParticipant.Native(Three))).Is(
            TwilioErrors.GroupExists(holder)
        );
    }

    [Theory, OnEachStore]
    public async Task A_set_that_two_groups_share_is_refused_to_a_third_after_the_first_one_is_closed(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var (one, two, three) = (NewParticipant.Native(One), NewParticipant.Native(Two), NewParticipant.Native(Three));
        var first = await NewGroupAsync(twilio, one, two, three);
        var second = await NewGroupAsync(
            twilio,
            NewParticipant.Projected(Projected, identity: "alice"),
            one,
            two,
            three
        );
        var third = await NewGroupAsync(twilio, one, two);
        (await twilio.DeleteAsync($"Conversations/{second}/Participants/alice")).NoContent();
        (await twilio.PostAsync($"Conversations/{third}/Participants", three)).Is(TwilioErrors.GroupExists(first));

        (await twilio.PostAsync($"Conversations/{first}", ("State", "closed"))).Ok();

        (await twilio.PostAsync($"Conversations/{third}/Participants", three)).Is(TwilioErrors.GroupExists(second));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_chat_participant_of_a_group_keeps_its_projected_address(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Projected(Projected, identity: "alice")
        );
        var alice = $"Conversations/{conversation}/Participants/alice";
        var before = (await twilio.GetAsync(alice)).Ok().Text;

        (await twilio.PostAsync(alice, ("MessagingBinding.ProjectedAddress", "null"))).Is(
            TwilioErrors.ProjectedAddressNotRemovable
        );

        Assert.Equal(before, (await twilio.GetAsync(alice)).Ok().Text);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_chat_participant_without_its_former_projected_address_is_updated_like_any_other(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await NewGroupAsync(
            twilio,
            NewParticipant.Sms(One, "+15017122662"),
            NewParticipant.Sms(Two, "+15017122662"),
            NewParticipant.Projected(Projected, identity: "alice")
        );
        var alice = $"Conversations/{conversation}/Participants/alice";
        (await twilio.PostAsync(alice, ("MessagingBinding.ProjectedAddress", "null"))).Ok();
        var role = await twilio.NewRoleAsync("conversation");

        Assert.Equal(role, (await twilio.PostAsync(alice, ("RoleSid", role))).Ok()["role_sid"]);
        await twilio.NewParticipantAsync(conversation, NewParticipant.Chat("bob"));
        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/bob")).NoContent();
        (await twilio.PostAsync(alice, ("MessagingBinding.ProjectedAddress", Projected))).Ok();
        await Invariants.HoldAsync(twilio);
    }

    /// <summary>Numbers of Canada, of the 555 range in Twilio's samples, and toll-free ones.</summary>
    [Theory]
    [OnEachStore("+14165550100")]
    [OnEachStore("+15550000001")]
    [OnEachStore("+15005550006")]
    [OnEachStore("+18005551212")]
    public async Task Members_of_a_group_have_numbers_of_the_US_and_Canada(Store store, string address)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var projected = NewParticipant.Projected(Projected);

        await NewGroupAsync(twilio, NewParticipant.Native(address), projected, NewParticipant.Sms(Two, Projected));
        await NewGroupAsync(twilio, NewParticipant.Native(One), NewParticipant.Projected(address, identity: "alice"));
        await NewGroupAsync(twilio, NewParticipant.Native(One), NewParticipant.Sms(address, "+15017122662"));
    }

    /// <summary>
    /// Numbers of Britain and of other countries that share +1: Jamaica, Dominican Republic, Bermuda, Puerto Rico.
    /// </summary>
    [Theory]
    [OnEachStore("+447700900123")]
    [OnEachStore("+18765550100")]
    [OnEachStore("+18095550100")]
    [OnEachStore("+14415550100")]
    [OnEachStore("+17875550100")]
    public async Task A_group_refuses_a_number_of_another_country(Store store, string address)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var empty = Participants(await twilio.NewConversationAsync());
        var group = Participants(await NewGroupAsync(twilio, NewParticipant.Native(One)));
        var chat = Participants(await NewGroupAsync(twilio, NewParticipant.Chat("alice")));
        var pairs = await twilio.NewConversationAsync();
        var pair = await twilio.NewParticipantAsync(pairs, NewParticipant.Sms(address, Projected));

        await RefusedAsync(empty, NewParticipant.Native(address));
        await RefusedAsync(group, NewParticipant.Native(address));
        await RefusedAsync(group, NewParticipant.Projected(address));
        await RefusedAsync(group, NewParticipant.Projected(address, identity: "alice"));
        await RefusedAsync(group, NewParticipant.Sms(address, "+15017122662"));
        await RefusedAsync($"{chat}/alice", ("MessagingBinding.ProjectedAddress", address));

        // Outside of groups the number may be a participant, and the conversation does not become a group.
        await RefusedAsync($"{Participants(pairs)}/{pair}", ("MessagingBinding.ProxyAddress", "null"));
        (await twilio.PostAsync(Participants(pairs), NewParticipant.Native(One))).Is(
            TwilioErrors.GroupActivationFailed
        );

        async Task RefusedAsync(string path, params (string Name, string Value)[] form) =>
            (await twilio.PostAsync(path, form)).Is(TwilioErrors.InvalidAddress);
    }

    [Theory]
    [OnEachStore("whatsapp:+447700900123", "whatsapp:+15017122661")]
    [OnEachStore("alice@example.com", null)]
    public async Task Participants_of_other_channels_may_be_in_a_group(
        Store store,
        string address,
        string? proxyAddress
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);

        await NewGroupAsync(
            twilio,
            NewParticipant.Native(One),
            NewParticipant.Of(address: address, proxyAddress: proxyAddress),
            NewParticipant.Native(Two)
        );
    }

    private static string Participants(string conversation) => $"Conversations/{conversation}/Participants";

    private static async Task<string> NewGroupAsync(Twilio twilio, params (string Name, string Value)[][] members)
    {
        var conversation = await twilio.NewConversationAsync();
        foreach (var member in members)
        {
            await twilio.NewParticipantAsync(conversation, member);
        }

        return conversation;
    }
}
