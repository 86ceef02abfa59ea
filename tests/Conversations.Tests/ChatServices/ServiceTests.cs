using Conversations.Api.Errors;

namespace Conversations.Tests.ChatServices;

/// <summary>Services belong to the account and have one route shape.</summary>
public sealed class ServiceTests
{
    [Theory, OnEachStore]
    public async Task Create_and_fetch_return_the_service(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answer = (await twilio.PostAsync("Services", ("FriendlyName", "Support ü & Co"))).Created();

        Assert.Equal(
            """
            {"account_sid":"ACx","sid":"ISx","friendly_name":"Support ü & Co","date_created":"DATE",
            "date_updated":"DATE","url":"HOST/v1/Services/ISx",
            "links":{"conversations":"HOST/v1/Services/ISx/Conversations","users":"HOST/v1/Services/ISx/Users",
            "roles":"HOST/v1/Services/ISx/Roles","bindings":"HOST/v1/Services/ISx/Bindings",
            "configuration":"HOST/v1/Services/ISx/Configuration",
            "participant_conversations":"HOST/v1/Services/ISx/ParticipantConversations",
            "conversation_with_participants":"HOST/v1/Services/ISx/ConversationWithParticipants"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.EndsWith($"/v1/Services/{answer["sid"]}", answer["url"], StringComparison.Ordinal);
        Assert.Equal(answer["date_created"], answer["date_updated"]);
        Assert.Equal(answer.Text, (await twilio.GetAsync($"Services/{answer["sid"]}")).Ok().Text);
    }

    [Theory, OnEachStore]
    public async Task Create_requires_a_friendly_name_of_at_most_256_characters(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        (await twilio.PostAsync("Services")).Is(TwilioErrors.MissingParameter("FriendlyName"));
        (await twilio.PostAsync("Services", ("FriendlyName", ""))).Is(TwilioErrors.MissingParameter("FriendlyName"));
        (await twilio.PostAsync("Services", ("FriendlyName", new string('ü', 257)))).Is(
            TwilioErrors.FriendlyNameTooLong
        );
        (await twilio.PostAsync("Services", ("FriendlyName", new string('ü', 256)))).Created();
        Assert.Equal(2, (await twilio.GetAsync("Services")).Ok().Body["services"]!.AsArray().Count);
    }

    [Theory, OnEachStore]
    public async Task A_new_service_has_the_four_built_in_roles_and_three_of_them_as_defaults(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "Support"))).Created()["sid"];

        var roles = (await twilio.GetAsync($"Services/{service}/Roles")).Ok().Body["roles"]!.AsArray();

        Assert.Equal(
            [
                "channel admin conversation deleteConversation,removeParticipant,editConversationName,"
                    + "editConversationAttributes,addParticipant,sendMessage,sendMediaMessage,leaveConversation,"
                    + "editAnyMessage,editAnyMessageAttributes,editAnyParticipantAttributes,deleteAnyMessage,"
                    + "editNotificationLevel",
                "channel user conversation sendMessage,sendMediaMessage,leaveConversation,editOwnMessage,"
                    + "editOwnMessageAttributes,deleteOwnMessage,editOwnParticipantAttributes",
                "service admin service createConversation,joinConversation,editOwnUserInfo,editAnyUserInfo,"
                    + "addParticipant,removeParticipant,deleteConversation,editConversationName,"
                    + "editConversationAttributes,editAnyMessage,editAnyMessageAttributes,"
                    + "editAnyParticipantAttributes,deleteAnyMessage",
                "service user service createConversation,joinConversation,editOwnUserInfo",
            ],
            roles.Select(role =>
                $"{role!["friendly_name"]} {role["type"]} {string.Join(',', role["permissions"]!.AsArray())}"
            )
        );
        var configuration = (await twilio.GetAsync($"Services/{service}/Configuration")).Ok();
        Assert.Equal(roles[0]!["sid"]!.GetValue<string>(), configuration["default_conversation_creator_role_sid"]);
        Assert.Equal(roles[1]!["sid"]!.GetValue<string>(), configuration["default_conversation_role_sid"]);
        Assert.Equal(roles[3]!["sid"]!.GetValue<string>(), configuration["default_chat_service_role_sid"]);
    }

    [Theory, OnEachStore]
    public async Task Delete_removes_everything_in_the_service_and_frees_its_address_pairs(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "Support"))).Created()["sid"];
        var path = $"Services/{service}";
        var role = (
            await twilio.PostAsync(
                $"{path}/Roles",
                ("FriendlyName", "Guest"),
                ("Type", "conversation"),
                ("Permission", "sendMessage")
            )
        ).Created()["sid"];
        var conversation = (await twilio.PostAsync($"{path}/Conversations", ("UniqueName", "desk"))).Created()["sid"];
        (string, string)[] pair =
        [
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661"),
        ];
        var guest = (
            await twilio.PostAsync($"{path}/Conversations/desk/Participants", [.. pair, ("RoleSid", role)])
        ).Created()["sid"];
        (
            await twilio.PostAsync($"{path}/Conversations/desk/Participants", ("Identity", "alice"), ("RoleSid", role))
        ).Created();
        (await twilio.PostAsync($"{path}/Users", ("Identity", "bob"))).Created();
        var elsewhere = await twilio.NewConversationAsync();
        (await twilio.PostAsync($"Conversations/{elsewhere}/Participants", pair)).Is(
            TwilioErrors.BindingInUse(conversation)
        );

        (await twilio.DeleteAsync(path)).NoContent();

        string[] gone =
        [
            path,
            $"{path}/Configuration",
            $"{path}/Conversations",
            $"{path}/Conversations/{conversation}",
            $"{path}/Conversations/desk/Participants",
            $"{path}/Conversations/{conversation}/Participants/{guest}",
            $"{path}/Users",
            $"{path}/Users/alice",
            $"{path}/Roles",
            $"{path}/Roles/{role}",
        ];
        await Assert.AllAsync(gone, async url => (await twilio.GetAsync(url)).Is(TwilioErrors.NotFound($"/{url}")));
        (await twilio.DeleteAsync(path)).Is(TwilioErrors.NotFound($"/{path}"));
        (await twilio.PostAsync($"Conversations/{elsewhere}/Participants", pair)).Created();
        Assert.Equal(
            twilio.ChatServiceSid,
            Assert.Single((await twilio.GetAsync("Services")).Ok().Body["services"]!.AsArray())![
                "sid"
            ]!.GetValue<string>()
        );
    }

    [Theory, OnEachStore]
    public async Task The_default_service_cannot_be_deleted(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        (await twilio.DeleteAsync($"Services/{twilio.ChatServiceSid}")).Is(TwilioErrors.DefaultServiceNotDeletable);

        await twilio.NewConversationAsync();
    }

    [Theory, OnEachStore]
    public async Task A_service_of_another_account_is_not_found(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var stranger = await Twilio.NewAccountAsync(store);
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "Support"))).Created()["sid"];
        var conversation = (await twilio.PostAsync($"Services/{service}/Conversations")).Created()["sid"];

        await Assert.AllAsync(
            [
                $"Services/{service}",
                $"Services/{service}/Configuration",
                $"Services/{service}/Conversations/{conversation}",
            ],
            async path => (await stranger.GetAsync(path)).Is(TwilioErrors.NotFound($"/{path}"))
        );
        await Assert.AllAsync(
            [
                $"Services/{service}/Conversations",
                $"Services/{service}/Users",
                $"Services/{service}/Roles",
                $"Services/{service}/Configuration",
            ],
            async path => (await stranger.PostAsync(path)).Is(TwilioErrors.NotFound($"/{path}"))
        );
        (await stranger.DeleteAsync($"Services/{service}")).Is(TwilioErrors.NotFound($"/Services/{service}"));
        (await twilio.GetAsync($"Services/{service}")).Ok();
        Assert.Single((await stranger.GetAsync("Services")).Ok().Body["services"]!.AsArray());
    }

    [Theory, OnEachStore]
    public async Task An_unknown_service_is_not_found_and_a_service_has_no_update(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        await Assert.AllAsync(
            [$"IS{new string('f', 32)}", "nonsense", "CH" + twilio.ChatServiceSid[2..]],
            async sid => (await twilio.GetAsync($"Services/{sid}")).Is(TwilioErrors.NotFound($"/Services/{sid}"))
        );
        (await twilio.PostAsync($"Services/{twilio.ChatServiceSid}", ("FriendlyName", "Support"))).Is(
            TwilioErrors.MethodNotAllowed
        );
    }
}
