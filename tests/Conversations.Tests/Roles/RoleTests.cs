using Conversations.Api.Errors;

namespace Conversations.Tests.Roles;

public sealed class RoleTests
{
    private static readonly string[] Both =
    [
        "editOwnMessage",
        "deleteAnyMessage",
        "addParticipant",
        "editConversationAttributes",
        "editAnyParticipantAttributes",
        "editAnyMessage",
        "editConversationName",
        "editAnyMessageAttributes",
        "deleteOwnMessage",
        "editOwnMessageAttributes",
        "removeParticipant",
        "addNonChatParticipant",
        "editOwnParticipantAttributes",
        "deleteConversation",
    ];

    private static readonly string[] ConversationOnly =
    [
        "editNotificationLevel",
        "sendMessage",
        "leaveConversation",
        "sendMediaMessage",
    ];

    private static readonly string[] ServiceOnly =
    [
        "editAnyUserInfo",
        "createConversation",
        "editOwnUserInfo",
        "joinConversation",
    ];

    [Theory, Everywhere]
    public async Task Create_returns_the_role_with_its_permissions_in_the_given_order(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (
            await twilio.PostAsync(
                "Roles",
                Form(
                    "Conversation Role ü",
                    "conversation",
                    "sendMessage",
                    "leaveConversation",
                    "deleteOwnMessage",
                    "addParticipant"
                )
            )
        ).Created();

        Assert.Equal(
            $$"""
            {"sid":"RLx","account_sid":"ACx","chat_service_sid":"ISx","friendly_name":"Conversation Role ü",
            "type":"conversation","permissions":["sendMessage","leaveConversation","deleteOwnMessage",
            "addParticipant"],"date_created":"DATE","date_updated":"DATE",
            "url":"HOST{{(shape == Shape.Service ? "/v1/Services/ISx" : "/v1")}}/Roles/RLx"}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(twilio.ChatServiceSid, answer["chat_service_sid"]);
        Assert.Equal(answer.Text, (await twilio.GetAsync($"Roles/{answer["sid"]}")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Create_requires_name_type_and_a_permission(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (name, type, permission) = (
            ("FriendlyName", "Role"),
            ("Type", "service"),
            ("Permission", "editOwnUserInfo")
        );

        (await twilio.PostAsync("Roles")).Is(TwilioErrors.MissingParameter("FriendlyName"));
        (await twilio.PostAsync("Roles", type, permission)).Is(TwilioErrors.MissingParameter("FriendlyName"));
        (await twilio.PostAsync("Roles", ("FriendlyName", ""), type, permission)).Is(
            TwilioErrors.MissingParameter("FriendlyName")
        );
        (await twilio.PostAsync("Roles", name, permission)).Is(TwilioErrors.MissingParameter("Type"));
        (await twilio.PostAsync("Roles", name, type)).Is(TwilioErrors.MissingParameter("Permission"));
        (await twilio.PostAsync("Roles", name, type, permission)).Created();
    }

    [Theory, OnEachStore]
    public async Task Create_and_update_accept_exactly_the_permissions_of_the_type(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        foreach (
            var (type, own, others) in ((string, string[], string[])[])
                [("conversation", ConversationOnly, ServiceOnly), ("service", ServiceOnly, ConversationOnly)]
        )
        {
            string[] all = [.. Both, .. own];
            var role = (await twilio.PostAsync("Roles", Form("Role", type, all))).Created();
            Assert.Equal(all, role.Body["permissions"]!.AsArray().Select(permission => permission!.GetValue<string>()));
            await Assert.AllAsync(
                [.. others, "fly", "sendmessage", "", "sendMessage leaveConversation"],
                async permission =>
                {
                    (await twilio.PostAsync("Roles", Form("Role", type, "addParticipant", permission))).Is(
                        TwilioErrors.PermissionNotFound
                    );
                    (
                        await twilio.PostAsync(
                            $"Roles/{role["sid"]}",
                            ("Permission", "addParticipant"),
                            ("Permission", permission)
                        )
                    ).Is(TwilioErrors.PermissionNotFound);
                }
            );
            Assert.Equal(role.Text, (await twilio.GetAsync($"Roles/{role["sid"]}")).Ok().Text);
        }
    }

    [Theory, OnEachStore]
    public async Task Create_with_an_unknown_type_or_too_long_a_name_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        await Assert.AllAsync(
            ["channel", "Conversation", "null"],
            async type =>
                (await twilio.PostAsync("Roles", Form("Role", type, "addParticipant"))).Is(TwilioErrors.InvalidRoleType)
        );
        (await twilio.PostAsync("Roles", Form(new string('a', 257), "service", "addParticipant"))).Is(
            TwilioErrors.FriendlyNameTooLong
        );
        (await twilio.PostAsync("Roles", Form(new string('a', 256), "service", "addParticipant"))).Created();
    }

    [Theory, Everywhere]
    public async Task Update_replaces_only_the_permissions(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var role = (
            await twilio.PostAsync("Roles", Form("Role", "conversation", "sendMessage", "leaveConversation"))
        ).Created();
        var path = $"Roles/{role["sid"]}";

        var answer = (
            await twilio.PostAsync(path, Form("Other", "service", "editOwnMessage", "addParticipant", "sendMessage"))
        ).Ok();

        Assert.Equal(
            role.Masked.Replace(
                "\"sendMessage\",\"leaveConversation\"",
                "\"editOwnMessage\",\"addParticipant\",\"sendMessage\"",
                StringComparison.Ordinal
            ),
            answer.Masked
        );
        Assert.Equal(answer.Text, (await twilio.GetAsync(path)).Ok().Text);
        (await twilio.PostAsync(path)).Is(TwilioErrors.MissingParameter("Permission"));
    }

    [Theory, Everywhere]
    public async Task An_absent_or_foreign_role_is_not_found(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var foreign = (
            await (await Twilio.NewAccountAsync(store)).PostAsync("Roles", Form("Role", "conversation", "sendMessage"))
        ).Created()["sid"];
        var service = (await twilio.PostAsync("/v1/Services", ("FriendlyName", "Other"))).Created()["sid"];
        var elsewhere = (
            await twilio.PostAsync($"/v1/Services/{service}/Roles", Form("Role", "conversation", "sendMessage"))
        ).Created()["sid"];
        var conversation = await twilio.NewConversationAsync();

        await Assert.AllAsync(
            [foreign, elsewhere, $"RL{new string('0', 32)}", "nonsense", "channel%20user"],
            async role =>
            {
                var error = TwilioErrors.NotFound(twilio.PathOf($"Roles/{role}")["/v1".Length..]);
                (await twilio.GetAsync($"Roles/{role}")).Is(error);
                (await twilio.PostAsync($"Roles/{role}", ("Permission", "fly"))).Is(error);
                (await twilio.DeleteAsync($"Roles/{role}")).Is(error);
                (
                    await twilio.PostAsync(
                        $"Conversations/{conversation}/Participants",
                        ("Identity", "alice"),
                        ("RoleSid", role)
                    )
                ).Is(TwilioErrors.ConversationRoleNotFound);
            }
        );
        (await twilio.GetAsync($"/v1/Services/{service}/Roles/{elsewhere}")).Ok();
        var gone = $"Services/IS{new string('f', 32)}/Roles";
        (await twilio.PostAsync($"/v1/{gone}")).Is(TwilioErrors.NotFound($"/{gone}"));
    }

    [Theory, Everywhere]
    public async Task Delete_assigns_the_default_role_of_the_service_to_its_users_and_participants(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var guest = (await twilio.PostAsync("Roles", Form("Guest", "conversation", "sendMessage"))).Created()["sid"];
        var member = (await twilio.PostAsync("Roles", Form("Member", "service", "editOwnUserInfo"))).Created()["sid"];
        var kept = (await twilio.PostAsync("Roles", Form("Kept", "conversation", "sendMessage"))).Created()["sid"];
        var conversation = await twilio.NewConversationAsync();
        var participants = $"Conversations/{conversation}/Participants";
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"), ("RoleSid", guest));
        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"), ("RoleSid", kept));
        (await twilio.PostAsync("Users/alice", ("RoleSid", member))).Ok();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        var defaults = (await twilio.GetAsync($"/v1/Services/{twilio.ChatServiceSid}/Configuration")).Ok();

        (await twilio.DeleteAsync($"Roles/{guest}")).NoContent();
        (await twilio.DeleteAsync($"Roles/{member}")).NoContent();

        Assert.Equal(
            defaults["default_conversation_role_sid"],
            (await twilio.GetAsync($"{participants}/alice")).Ok()["role_sid"]
        );
        Assert.Equal(kept, (await twilio.GetAsync($"{participants}/bob")).Ok()["role_sid"]);
        Assert.Equal(
            defaults["default_chat_service_role_sid"],
            (await twilio.GetAsync("Users/alice")).Ok()["role_sid"]
        );
        (await twilio.GetAsync($"Roles/{guest}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"Roles/{guest}")["/v1".Length..])
        );
        (await twilio.DeleteAsync($"Roles/{guest}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"Roles/{guest}")["/v1".Length..])
        );
    }

    [Theory, Everywhere]
    public async Task A_default_role_cannot_be_deleted_until_another_replaces_it(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var configuration = $"/v1/Services/{twilio.ChatServiceSid}/Configuration";
        var defaults = (await twilio.GetAsync(configuration)).Ok();
        (string Parameter, string Role, string Type)[] roles =
        [
            ("DefaultConversationCreatorRoleSid", defaults["default_conversation_creator_role_sid"], "conversation"),
            ("DefaultConversationRoleSid", defaults["default_conversation_role_sid"], "conversation"),
            ("DefaultChatServiceRoleSid", defaults["default_chat_service_role_sid"], "service"),
        ];
        await Assert.AllAsync(
            roles,
            async role =>
            {
                (await twilio.DeleteAsync($"Roles/{role.Role}")).Is(TwilioErrors.DefaultRoleNotDeletable);
                var other = (await twilio.PostAsync("Roles", Form("Other", role.Type, "addParticipant"))).Created()[
                    "sid"
                ];
                (await twilio.PostAsync(configuration, (role.Parameter, other))).Ok();
                (await twilio.DeleteAsync($"Roles/{role.Role}")).NoContent();
                (await twilio.DeleteAsync($"Roles/{other}")).Is(TwilioErrors.DefaultRoleNotDeletable);
            }
        );

        // The fourth role of a new service is not a default.
        var admin = (await twilio.GetAsync("Roles")).Ok().Body["roles"]![0]!;
        Assert.Equal("service admin", admin["friendly_name"]!.GetValue<string>());
        (await twilio.DeleteAsync($"Roles/{admin["sid"]}")).NoContent();
    }

    private static (string Name, string Value)[] Form(string name, string type, params string[] permissions) =>
        [("FriendlyName", name), ("Type", type), .. permissions.Select(permission => ("Permission", permission))];
}
