using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Users;

public sealed class UserTests
{
    [Theory, Everywhere]
    public async Task Create_with_only_an_identity_uses_the_defaults(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var answer = (
            await twilio.PostAsync(
                "Users",
                ("Identity", "alice"),
                ("FriendlyName", ""),
                ("Attributes", ""),
                ("RoleSid", "")
            )
        ).Created();

        var url = $"HOST{(shape == Shape.Service ? "/v1/Services/ISx" : "/v1")}/Users/USx";
        Assert.Equal(
            $$$"""
            {"sid":"USx","account_sid":"ACx","chat_service_sid":"ISx","role_sid":"RLx","identity":"alice",
            "friendly_name":null,"attributes":"{}","is_online":null,"is_notifiable":null,"date_created":"DATE",
            "date_updated":"DATE","url":"{{{url}}}","links":{"user_conversations":"{{{url}}}/Conversations"}}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(twilio.ChatServiceSid, answer["chat_service_sid"]);
        Assert.Equal(
            (await twilio.GetAsync($"/v1/Services/{twilio.ChatServiceSid}/Configuration")).Ok()[
                "default_chat_service_role_sid"
            ],
            answer["role_sid"]
        );
        Assert.Equal(answer.Text, (await twilio.GetAsync($"Users/{answer["sid"]}")).Ok().Text);
        Assert.Equal(answer.Text, (await twilio.GetAsync("Users/alice")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Create_stores_and_update_changes_name_attributes_and_role(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var role = await NewRoleAsync(twilio, "service");

        var created = (
            await twilio.PostAsync(
                "Users",
                ("Identity", "alice"),
                ("FriendlyName", "Alice ü"),
                ("Attributes", "{ \"duty\": \"tech\" }"),
                ("RoleSid", role)
            )
        ).Created();
        Assert.Equal("Alice ü", created["friendly_name"]);
        Assert.Equal("{ \"duty\": \"tech\" }", created["attributes"]);
        Assert.Equal(role, created["role_sid"]);
        Assert.Equal(created.Masked, (await twilio.PostAsync("Users/alice")).Ok().Masked);

        var other = await NewRoleAsync(twilio, "service");
        var updated = (
            await twilio.PostAsync(
                $"Users/{created["sid"]}",
                ("FriendlyName", "Al"),
                ("Attributes", "[]"),
                ("RoleSid", other),
                ("Identity", "bob")
            )
        ).Ok();
        Assert.Equal(
            created
                .Text.Replace("Alice ü", "Al", StringComparison.Ordinal)
                .Replace("{ \\\"duty\\\": \\\"tech\\\" }", "[]", StringComparison.Ordinal)
                .Replace(role, other, StringComparison.Ordinal)
                .Replace(
                    $"\"date_updated\":\"{created["date_updated"]}\"",
                    $"\"date_updated\":\"{updated["date_updated"]}\"",
                    StringComparison.Ordinal
                ),
            updated.Text
        );
        Assert.Equal(updated.Text, (await twilio.GetAsync("Users/alice")).Ok().Text);

        var cleared = (
            await twilio.PostAsync("Users/alice", ("FriendlyName", ""), ("Attributes", ""), ("RoleSid", ""))
        ).Ok();
        Assert.Null(cleared.Body["friendly_name"]);
        Assert.Equal("{}", cleared["attributes"]);
        Assert.Equal(other, cleared["role_sid"]);
    }

    [Theory, Everywhere]
    public async Task Create_without_an_identity_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        (await twilio.PostAsync("Users", ("FriendlyName", "Alice"))).Is(TwilioErrors.MissingParameter("Identity"));
        (await twilio.PostAsync("Users", ("Identity", ""))).Is(TwilioErrors.MissingParameter("Identity"));
        (await twilio.PostAsync("Users", ("identity", "alice"))).Is(TwilioErrors.MissingParameter("Identity"));
    }

    [Theory, Everywhere]
    public async Task Create_with_an_existing_identity_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        (await twilio.PostAsync("Users", ("Identity", "alice"))).Created();
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "bob"));
        var service = (await twilio.PostAsync("/v1/Services", ("FriendlyName", "Other"))).Created()["sid"];

        (await twilio.PostAsync("Users", ("Identity", "alice"))).Is(TwilioErrors.UserExists);
        (await twilio.PostAsync("Users", ("Identity", "bob"))).Is(TwilioErrors.UserExists);
        (await twilio.PostAsync($"/v1/Services/{service}/Users", ("Identity", "alice"))).Created();
    }

    [Theory, OnEachStore]
    public async Task An_invalid_value_is_refused_with_its_error(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var before = (await twilio.PostAsync("Users", ("Identity", "alice"))).Created();
        var service = (await twilio.PostAsync("Services", ("FriendlyName", "Other"))).Created()["sid"];
        var foreignRole = (await twilio.GetAsync($"Services/{service}/Configuration")).Ok()[
            "default_chat_service_role_sid"
        ];
        (string Name, string Value, TwilioError Error)[] bad =
        [
            ("FriendlyName", new string('a', 257), TwilioErrors.FriendlyNameTooLong),
            ("Attributes", "nonsense", TwilioErrors.AttributesNotJson),
            ("Attributes", $"\"{new string('a', 4_095)}\"", TwilioErrors.AttributesTooLong),
            ("RoleSid", "nonsense", TwilioErrors.RoleNotFound),
            ("RoleSid", $"RL{new string('0', 32)}", TwilioErrors.RoleNotFound),
            ("RoleSid", foreignRole, TwilioErrors.RoleNotFound),
            ("RoleSid", await NewRoleAsync(twilio, "conversation"), TwilioErrors.InvalidRoleType),
        ];
        (string Identity, TwilioError Error)[] identities =
        [
            (new string('a', 257), TwilioErrors.IdentityTooLong),
            ($"US{new string('0', 32)}", TwilioErrors.IdentityMatchesUserSid),
            ($"US{new string('F', 32)}", TwilioErrors.IdentityMatchesUserSid),
        ];

        await Assert.AllAsync(
            bad,
            async parameter =>
            {
                (await twilio.PostAsync("Users", ("Identity", "bob"), (parameter.Name, parameter.Value))).Is(
                    parameter.Error
                );
                (await twilio.PostAsync("Users/alice", ("FriendlyName", "Al"), (parameter.Name, parameter.Value))).Is(
                    parameter.Error
                );
            }
        );
        await Assert.AllAsync(
            identities,
            async identity => (await twilio.PostAsync("Users", ("Identity", identity.Identity))).Is(identity.Error)
        );
        Assert.Equal(
            before.Text,
            Assert
                .Single((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray())!
                .ToJsonString(TwilioJson.Options)
        );
    }

    [Theory, Everywhere]
    public async Task An_identity_is_decoded_from_the_path_and_is_case_sensitive(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await Assert.AllAsync(
            ["Alice", "alice", "alice+bob@example.com", "a/b", "50%", "ann ü", "US123", new string('ü', 256)],
            async identity =>
            {
                var user = (await twilio.PostAsync("Users", ("Identity", identity))).Created();
                Assert.Equal(user.Text, (await twilio.GetAsync($"Users/{Uri.EscapeDataString(identity)}")).Ok().Text);
            }
        );

        (await twilio.GetAsync("Users/ALICE")).Is(NotFound(twilio, "Users/ALICE"));
        (await twilio.DeleteAsync("Users/Alice")).NoContent();
        (await twilio.GetAsync("Users/alice")).Ok();
    }

    [Theory, Everywhere]
    public async Task The_first_participant_of_an_identity_creates_its_user(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(
            conversation,
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661")
        );
        Assert.Empty((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray());

        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var user = (await twilio.GetAsync("Users/alice")).Ok();
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "alice"));
        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/{alice}")).NoContent();

        Assert.Equal(
            (await twilio.PostAsync("Users", ("Identity", "bob")))
                .Created()
                .Masked.Replace("bob", "alice", StringComparison.Ordinal),
            user.Masked
        );
        Assert.Equal(
            user.Text,
            (await twilio.GetAsync("Users")).Ok().Body["users"]![0]!.ToJsonString(TwilioJson.Options)
        );
        Assert.Equal(2, (await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray().Count);
    }

    [Theory, Everywhere]
    public async Task An_absent_or_foreign_user_is_not_found(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var foreign = (
            await (await Twilio.NewAccountAsync(store)).PostAsync("Users", ("Identity", "theirs"))
        ).Created()["sid"];
        var service = (await twilio.PostAsync("/v1/Services", ("FriendlyName", "Other"))).Created()["sid"];
        var elsewhere = (await twilio.PostAsync($"/v1/Services/{service}/Users", ("Identity", "other"))).Created()[
            "sid"
        ];

        await Assert.AllAsync(
            [foreign, "theirs", elsewhere, "other", $"US{new string('0', 32)}"],
            async user =>
            {
                var path = $"Users/{user}";
                (await twilio.GetAsync(path)).Is(NotFound(twilio, path));
                (await twilio.PostAsync(path, ("Attributes", "{"))).Is(NotFound(twilio, path));
                (await twilio.DeleteAsync(path)).Is(NotFound(twilio, path));
            }
        );
        var gone = $"Services/IS{new string('f', 32)}/Users";
        (await twilio.PostAsync($"/v1/{gone}")).Is(TwilioErrors.NotFound($"/{gone}"));
    }

    private static async Task<string> NewRoleAsync(Twilio twilio, string type) =>
        (
            await twilio.PostAsync("Roles", ("FriendlyName", "Role"), ("Type", type), ("Permission", "addParticipant"))
        ).Created()["sid"];

    private static TwilioError NotFound(Twilio twilio, string path) =>
        TwilioErrors.NotFound(twilio.PathOf(path)["/v1".Length..]);
}
