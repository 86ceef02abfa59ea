using Conversations.Api.Errors;

namespace Conversations.Tests.ChatServices;

public sealed class ServiceConfigurationTests
{
    [Theory, OnEachStore]
    public async Task Fetch_returns_the_configuration(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Services/{twilio.ChatServiceSid}/Configuration";

        var answer = (await twilio.GetAsync(path)).Ok();

        Assert.Equal(
            """
            {"chat_service_sid":"ISx","default_conversation_creator_role_sid":"RLx",
            "default_conversation_role_sid":"RLx","default_chat_service_role_sid":"RLx","reachability_enabled":false,
            "url":"HOST/v1/Services/ISx/Configuration",
            "links":{"notifications":"HOST/v1/Services/ISx/Configuration/Notifications",
            "webhooks":"HOST/v1/Services/ISx/Configuration/Webhooks"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(answer.Text, (await twilio.PostAsync(path)).Ok().Text);
        Assert.Equal(
            answer.Text,
            (await twilio.PostAsync(path, ("DefaultConversationRoleSid", ""), ("ReachabilityEnabled", ""))).Ok().Text
        );
    }

    [Theory, OnEachStore]
    public async Task Update_changes_the_given_values_and_new_participants_and_users_get_the_new_defaults(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Services/{twilio.ChatServiceSid}/Configuration";
        var before = (await twilio.GetAsync(path)).Ok();
        var creator = await NewRoleAsync(twilio, "conversation");
        var guest = await NewRoleAsync(twilio, "conversation");
        var member = await NewRoleAsync(twilio, "service");

        var first = (
            await twilio.PostAsync(
                path,
                ("DefaultConversationCreatorRoleSid", creator),
                ("ReachabilityEnabled", "true")
            )
        ).Ok();
        Assert.Equal(creator, first["default_conversation_creator_role_sid"]);
        Assert.True(first.Body["reachability_enabled"]!.GetValue<bool>());
        Assert.Equal(before["default_conversation_role_sid"], first["default_conversation_role_sid"]);
        Assert.Equal(before["default_chat_service_role_sid"], first["default_chat_service_role_sid"]);

        var second = (
            await twilio.PostAsync(
                path,
                ("DefaultConversationRoleSid", guest),
                ("DefaultChatServiceRoleSid", member),
                ("ReachabilityEnabled", "False")
            )
        ).Ok();
        Assert.Equal(creator, second["default_conversation_creator_role_sid"]);
        Assert.Equal(guest, second["default_conversation_role_sid"]);
        Assert.Equal(member, second["default_chat_service_role_sid"]);
        Assert.False(second.Body["reachability_enabled"]!.GetValue<bool>());
        Assert.Equal(second.Text, (await twilio.GetAsync(path)).Ok().Text);

        var conversation = await twilio.NewConversationAsync();
        var participants = $"Conversations/{conversation}/Participants";
        Assert.Equal(guest, (await twilio.PostAsync(participants, ("Identity", "alice"))).Created()["role_sid"]);
        Assert.Equal(
            guest,
            (
                await twilio.PostAsync(
                    participants,
                    ("MessagingBinding.Address", "+15558675310"),
                    ("MessagingBinding.ProxyAddress", "+15017122661")
                )
            ).Created()["role_sid"]
        );
        Assert.Equal(member, (await twilio.GetAsync("Users/alice")).Ok()["role_sid"]);
        Assert.Equal(member, (await twilio.PostAsync("Users", ("Identity", "bob"))).Created()["role_sid"]);
    }

    [Theory, OnEachStore]
    public async Task Update_with_an_unknown_role_or_one_of_the_other_type_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Services/{twilio.ChatServiceSid}/Configuration";
        var before = (await twilio.GetAsync(path)).Ok();
        var other = (await twilio.PostAsync("Services", ("FriendlyName", "Other"))).Created()["sid"];
        var ofOther = (await twilio.GetAsync($"Services/{other}/Configuration")).Ok();
        (string Name, string Value, TwilioError Error)[] bad =
        [
            ("DefaultConversationCreatorRoleSid", "nonsense", TwilioErrors.ConversationRoleNotFound),
            ("DefaultConversationCreatorRoleSid", $"RL{new string('0', 32)}", TwilioErrors.ConversationRoleNotFound),
            (
                "DefaultConversationCreatorRoleSid",
                ofOther["default_conversation_role_sid"],
                TwilioErrors.ConversationRoleNotFound
            ),
            (
                "DefaultConversationCreatorRoleSid",
                before["default_chat_service_role_sid"],
                TwilioErrors.InvalidRoleType
            ),
            ("DefaultConversationRoleSid", "nonsense", TwilioErrors.ConversationRoleNotFound),
            ("DefaultConversationRoleSid", $"RL{new string('0', 32)}", TwilioErrors.ConversationRoleNotFound),
            (
                "DefaultConversationRoleSid",
                ofOther["default_conversation_role_sid"],
                TwilioErrors.ConversationRoleNotFound
            ),
            ("DefaultConversationRoleSid", before["default_chat_service_role_sid"], TwilioErrors.InvalidRoleType),
            ("DefaultChatServiceRoleSid", "nonsense", TwilioErrors.RoleNotFound),
            ("DefaultChatServiceRoleSid", $"RL{new string('0', 32)}", TwilioErrors.RoleNotFound),
            ("DefaultChatServiceRoleSid", ofOther["default_chat_service_role_sid"], TwilioErrors.RoleNotFound),
            ("DefaultChatServiceRoleSid", before["default_conversation_role_sid"], TwilioErrors.InvalidRoleType),
            ("ReachabilityEnabled", "yes", TwilioErrors.InvalidReachabilityEnabled),
            ("ReachabilityEnabled", "1", TwilioErrors.InvalidReachabilityEnabled),
        ];

        await Assert.AllAsync(
            bad,
            async parameter => (await twilio.PostAsync(path, (parameter.Name, parameter.Value))).Is(parameter.Error)
        );
        Assert.Equal(before.Text, (await twilio.GetAsync(path)).Ok().Text);
    }

    [Theory, OnEachStore]
    public async Task The_configuration_of_an_unknown_service_is_not_found(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        await Assert.AllAsync(
            [$"IS{new string('f', 32)}", "nonsense"],
            async service =>
            {
                (await twilio.GetAsync($"Services/{service}/Configuration")).Is(
                    TwilioErrors.NotFound($"/Services/{service}/Configuration")
                );
                (await twilio.PostAsync($"Services/{service}/Configuration", ("ReachabilityEnabled", "yes"))).Is(
                    TwilioErrors.NotFound($"/Services/{service}/Configuration")
                );
            }
        );
    }

    private static async Task<string> NewRoleAsync(Twilio twilio, string type) =>
        (
            await twilio.PostAsync(
                "Roles",
                ("FriendlyName", "Default"),
                ("Type", type),
                ("Permission", "addParticipant")
            )
        ).Created()["sid"];
}
