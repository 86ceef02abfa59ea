using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using static Conversations.TestSupport.NewConversation;

namespace Conversations.Tests.ConversationWithParticipants;

/// <summary>A conversation that is created together with its participants: the request and its result.</summary>
public sealed class CreateTests
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, Everywhere]
    public async Task The_conversation_is_answered_as_initializing_and_then_has_its_state_and_participants(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var role = await twilio.NewRoleAsync("conversation");
        (string, string)[] form =
        [
            ("FriendlyName", "Order 4711"),
            ("UniqueName", "order-4711"),
            ("Attributes", "{\"a\": 1}"),
            ("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef"),
            ("DateCreated", "2019-05-15T13:37:35Z"),
            ("Timers.Inactive", "PT1H"),
            ("Timers.Closed", "P1D"),
            ("Bindings.Email.Name", "Orders"),
            With(
                $$"""
                {"identity": "alice", "attributes": "{\"n\":1}", "role_sid": "{{role}}", "color": ["red"],
                "date_created": "2018-01-02T03:04:05Z", "messaging_binding": null}
                """
            ),
            WithPair(Phone, Proxy),
        ];

        var created = (await twilio.PostAsync(Endpoint, form)).Accepted();

        var url = new Uri(twilio.Server.Address, twilio.PathOf("Conversations")) + $"/{created["sid"]}";
        Assert.Equal(
            $$"""
            {"sid":"{{created["sid"]}}","account_sid":"{{twilio.AccountSid}}",
            "chat_service_sid":"{{twilio.ChatServiceSid}}",
            "messaging_service_sid":"MG0123456789abcdef0123456789abcdef","friendly_name":"Order 4711",
            "unique_name":"order-4711","attributes":"{\"a\": 1}","date_created":"2019-05-15T13:37:35Z",
            "date_updated":"2019-05-15T13:37:35Z","state":"initializing","timers":{},
            "bindings":{"email":{"projected_address":null,"name":"Orders"}
            },
            "links":{"participants":"{{url}}/Participants","messages":"{{url}}/Messages",
            "webhooks":"{{url}}/Webhooks"
            },
            "url":"{{url}}"}
            """.ReplaceLineEndings(""),
            created.Text
        );

        var ready = await ReadyAsync(twilio, created["sid"]);
        Assert.Equal("active", ready["state"]);
        var (inactive, closed) = (ready.Body["timers"]!["date_inactive"], ready.Body["timers"]!["date_closed"]);
        Assert.Equal(DateOf(inactive).AddHours(23), DateOf(closed));
        Assert.InRange(DateOf(closed), DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(25));
        var participants = (await twilio.GetAsync($"{url}/Participants")).Ok().Body["participants"]!.AsArray();
        Assert.Equal(["alice", Phone], participants.Select(Name));
        Assert.Equal(
            ("{\"n\":1}", role, "2018-01-02T03:04:05Z", "2018-01-02T03:04:05Z"),
            (
                participants[0]!["attributes"]!.GetValue<string>(),
                participants[0]!["role_sid"]!.GetValue<string>(),
                participants[0]!["date_created"]!.GetValue<string>(),
                participants[0]!["date_updated"]!.GetValue<string>()
            )
        );
        Assert.Equal(
            $$"""{"type":"sms","address":"{{Phone}}","proxy_address":"{{Proxy}}"}""",
            participants[1]!["messaging_binding"]!.ToJsonString(TwilioJson.Options)
        );
        (await twilio.GetAsync("Users/alice")).Ok();
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task Without_participants_it_is_an_ordinary_create(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        var created = (await twilio.PostAsync(Endpoint, ("FriendlyName", "a name"), ("Participant", ""))).Created();

        Assert.Equal("active", created["state"]);
        Assert.Equal("active", (await twilio.GetAsync(created["url"])).Ok()["state"]);
        Assert.Equal("inactive", (await twilio.PostAsync(Endpoint, ("State", "inactive"))).Created()["state"]);
        Assert.Equal("active", (await twilio.PostAsync(Endpoint, ("State", "initializing"))).Created()["state"]);
        Assert.Equal(
            ["participants", "messages", "webhooks"],
            created.Body["links"]!.AsObject().Select(link => link.Key)
        );
    }

    [Theory]
    [OnEachStore(null, "active")]
    [OnEachStore("active", "active")]
    [OnEachStore("inactive", "inactive")]
    [OnEachStore("initializing", "active")]
    public async Task State_is_the_state_after_the_participants_are_added(Store store, string? given, string state)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        (string, string)[] form = given is null ? [] : [("State", given)];

        var created = (await twilio.PostAsync(Endpoint, [.. form, WithIdentity("alice")])).Accepted();

        Assert.Equal("initializing", created["state"]);
        Assert.Equal(state, (await ReadyAsync(twilio, created["sid"]))["state"]);
    }

    [Theory, OnEachStore]
    public async Task Every_kind_of_participant_can_be_added(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        string[] kinds =
        [
            """{"identity": "alice"}""",
            """{"messaging_binding": {"address": "+15558675310", "proxy_address": "+15017122661"}}""",
            """{"messaging_binding": {"address": "whatsapp:+15558675310", "proxy_address": "whatsapp:+15017122661"}}""",
            """{"messaging_binding": {"address": "a@example.com", "level": "cc", "name": "A"}}""",
        ];
        string[] group =
        [
            """{"messaging_binding": {"address": "+12025550101"}}""",
            """{"messaging_binding": {"projected_address": "+12025550102"}}""",
            """{"identity": "bob", "messaging_binding": {"projected_address": "+12025550103"}}""",
        ];

        Assert.Equal(
            [
                "null",
                $$"""{"type":"sms","address":"{{Phone}}","proxy_address":"{{Proxy}}"}""",
                $$"""{"type":"whatsapp","address":"whatsapp:{{Phone}}","proxy_address":"whatsapp:{{Proxy}}"}""",
                """{"type":"email","address":"a@example.com","level":"cc","name":"A"}""",
            ],
            await BindingsAsync(kinds)
        );
        Assert.Equal(
            [
                """{"type":"sms","address":"+12025550101"}""",
                """{"type":"sms","projected_address":"+12025550102"}""",
                """{"type":"sms","projected_address":"+12025550103"}""",
            ],
            await BindingsAsync(group)
        );
        await Invariants.HoldAsync(twilio);

        async Task<IEnumerable<string>> BindingsAsync(string[] texts)
        {
            var sid = await CreateAsync(twilio, [.. texts.Select(With)]);
            var list = (await twilio.GetAsync($"Conversations/{sid}/Participants")).Ok();
            return list.Body["participants"]!
                .AsArray()
                .Select(p => p!["messaging_binding"]?.ToJsonString(TwilioJson.Options) ?? "null");
        }
    }

    [Theory, Everywhere]
    public async Task The_participants_reserve_what_single_participants_reserve(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await CreateAsync(twilio, WithIdentity("alice"), WithPair(Phone, Proxy));
        var group = await CreateAsync(twilio, [.. Enumerable.Range(1, 3).Select(i => WithAddress($"+1202555010{i}"))]);
        var (other, second) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        await twilio.NewParticipantAsync(second, NewParticipant.Native("+12025550101"));
        await twilio.NewParticipantAsync(second, NewParticipant.Native("+12025550102"));

        (await twilio.PostAsync($"Conversations/{other}/Participants", NewParticipant.Sms(Phone, Proxy))).Is(
            TwilioErrors.BindingInUse(conversation)
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Chat("alice"))).Is(
            TwilioErrors.ParticipantExists
        );
        (await twilio.PostAsync($"Conversations/{second}/Participants", NewParticipant.Native("+12025550103"))).Is(
            TwilioErrors.GroupExists(group)
        );
        (await twilio.PostAsync(Endpoint, [.. Enumerable.Range(1, 3).Select(i => WithAddress($"+1202555010{i}"))])).Is(
            TwilioErrors.GroupExists(group)
        );
        (await twilio.PostAsync(Endpoint, WithIdentity("bob"), WithPair(Phone, Proxy))).Is(TwilioErrors.BindingsInUse);

        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        (await twilio.PostAsync($"Conversations/{group}", ("State", "closed"))).Ok();
        (await twilio.PostAsync(Endpoint, WithPair(Phone, Proxy))).Accepted();
        (
            await twilio.PostAsync($"Conversations/{second}/Participants", NewParticipant.Native("+12025550103"))
        ).Created();
        await Invariants.HoldAsync(twilio);
    }

    /// <summary>Each participant that breaks a rule, with the error of the rule.</summary>
    [Theory]
    [OnEachStore("[]", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("null", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("alice", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("\"alice\"", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"identity\": \"alice\"", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"identity\": 1}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"identity\": \"a\\u0000b\"}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"identity\": \"\\ud800\"}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"identity\": \"a\", \"attributes\": {}}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"messaging_binding\": \"+15558675310\"}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{\"messaging_binding\": {\"address\": 1}}", nameof(TwilioErrors.InvalidParticipantJson))]
    [OnEachStore("{}", nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("{\"Identity\": \"alice\"}", nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("{\"identity\": null}", nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("{\"identity\": \"a\", \"attributes\": \"{\"}", nameof(TwilioErrors.AttributesNotJson))]
    [OnEachStore("{\"identity\": \"a\", \"date_created\": \"now\"}", nameof(TwilioErrors.InvalidDateCreated))]
    [OnEachStore("{\"identity\": \"a\", \"role_sid\": \"admin\"}", nameof(TwilioErrors.ConversationRoleNotFound))]
    [OnEachStore(
        "{\"identity\": \"a\", \"role_sid\": \"RL0123456789abcdef0123456789abcdef\"}",
        nameof(TwilioErrors.ConversationRoleNotFound)
    )]
    [OnEachStore(
        "{\"identity\": \"a\", \"messaging_binding\": {\"address\": \"+15558675310\"}}",
        nameof(TwilioErrors.IdentityNotAcceptable)
    )]
    [OnEachStore("{\"messaging_binding\": {\"address\": \"\"}}", nameof(TwilioErrors.AddressEmpty))]
    [OnEachStore("{\"messaging_binding\": {\"address\": \"nonsense\"}}", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("{\"messaging_binding\": {\"address\": \"+491701234567\"}}", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("{\"identity\": \"known\"}", nameof(TwilioErrors.ParticipantExists))]
    [OnEachStore("{\"identity\": \"full\"}", nameof(TwilioErrors.UserConversationLimit))]
    [OnEachStore(
        "{\"messaging_binding\": {\"address\": \"+15558675311\", \"proxy_address\": \"+15017122661\"}}",
        nameof(TwilioErrors.BindingsInUse)
    )]
    [OnEachStore(
        "{\"messaging_binding\": {\"address\": \"+15558675312\", \"proxy_address\": \"+15017122661\"}}",
        nameof(TwilioErrors.BindingsInUse)
    )]
    [OnEachStore(
        "{\"messaging_binding\": {\"address\": \"+12025550101\"}}",
        nameof(TwilioErrors.GroupActivationFailed)
    )]
    [OnEachStore(
        "{\"identity\": \"bob\", \"messaging_binding\": {\"projected_address\": \"+12025550101\"}}",
        nameof(TwilioErrors.GroupActivationFailed)
    )]
    public async Task One_invalid_participant_creates_nothing(Store store, string participant, string error)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var existing = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(existing, NewParticipant.Sms("+15558675311", Proxy));
        (await twilio.PostAsync("Users", ("Identity", "full"))).Created();
        await twilio.SetConversationCountAsync("full", 1000);
        var before = await Rows.WithAsync(twilio.Server, twilio.AccountSid);
        (string, string)[] others = [WithIdentity("known"), WithPair("+15558675312", Proxy)];

        (await twilio.PostAsync(Endpoint, [.. others, With(participant), WithIdentity("last")])).Is(error);

        Assert.Equal(before, await Rows.WithAsync(twilio.Server, twilio.AccountSid));
        (await twilio.PostAsync(Endpoint, others)).Accepted();
    }

    [Theory, OnEachStore]
    public async Task The_members_of_a_group_text_differ_and_are_no_plain_chat_participants(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var native = WithAddress("+12025550101");

        (await twilio.PostAsync(Endpoint, native, WithAddress("+12025550102"), native)).Is(
            TwilioErrors.GroupParticipantExists
        );
        (await twilio.PostAsync(Endpoint, native, WithIdentity("alice"))).Is(TwilioErrors.ProjectedAddressNotProvided);
        (await twilio.PostAsync(Endpoint, WithIdentity("alice"), native)).Is(TwilioErrors.GroupActivationFailed);
    }

    [Theory, OnEachStore]
    public async Task At_most_ten_participants_can_be_added(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var ten = Enumerable.Range(1, 10).Select(i => WithIdentity($"user {i}")).ToArray();

        // Their number is checked before any of them, and after the conversation.
        (await twilio.PostAsync(Endpoint, [With("no JSON"), .. ten])).Is(TwilioErrors.TooManyParticipants);
        (await twilio.PostAsync(Endpoint, [("Attributes", "{"), With("no JSON"), .. ten])).Is(
            TwilioErrors.AttributesNotJson
        );
        var sid = await CreateAsync(twilio, [.. ten, ("Participant", "")]);

        Assert.Equal(
            10,
            (await twilio.GetAsync($"Conversations/{sid}/Participants")).Ok().Body["participants"]!.AsArray().Count
        );
    }

    [Theory, OnEachStore]
    public async Task The_longest_participants_fit(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var attributes = $"\\\"{string.Concat(Enumerable.Repeat("\\u0061", 4094))}\\\"";
        var identity = string.Concat(Enumerable.Repeat("\\u00e4", 255));

        var sid = await CreateAsync(
            twilio,
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(i => With($$"""{"identity": "{{i}}{{identity}}", "attributes": "{{attributes}}"}""")),
            ]
        );

        var list = (await twilio.GetAsync($"Conversations/{sid}/Participants")).Ok().Body["participants"]!;
        Assert.All(list.AsArray(), p => Assert.Equal(4096, p!["attributes"]!.GetValue<string>().Length));
        Assert.All(list.AsArray(), p => Assert.Equal(256, p!["identity"]!.GetValue<string>().Length));
    }

    [Theory, OnEachStore]
    public async Task The_rules_of_the_conversation_come_first(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await twilio.NewConversationAsync(("UniqueName", "taken"));
        var invalid = With("[]");

        (await twilio.PostAsync(Endpoint, ("State", "closed"), invalid)).Is(TwilioErrors.InitialStateClosed);
        (await twilio.PostAsync(Endpoint, ("State", "open"), invalid)).Is(TwilioErrors.InvalidState);
        (await twilio.PostAsync(Endpoint, ("UniqueName", "taken"), invalid)).Is(TwilioErrors.UniqueNameExists);
        (await twilio.PostAsync(Endpoint, ("Timers.Closed", "PT1M"), invalid)).Is(TwilioErrors.ClosedTimerTooShort);
        (await twilio.PostAsync(Endpoint, ("Timers.Closed", "PT10M"), invalid)).Is(TwilioErrors.InvalidParticipantJson);
    }

    [Theory, OnEachStore]
    public async Task The_first_invalid_participant_decides(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        (string, string)[] texts = [With("{}"), With("[]"), WithIdentity("alice"), WithIdentity("alice")];

        (await twilio.PostAsync(Endpoint, texts)).Is(TwilioErrors.IdentityNotProvided);
        (await twilio.PostAsync(Endpoint, texts[1..])).Is(TwilioErrors.InvalidParticipantJson);
        (await twilio.PostAsync(Endpoint, texts[2..])).Is(TwilioErrors.ParticipantExists);
    }

    [Theory, OnEachStore]
    public async Task Senders_of_the_account_are_checked(Store store)
    {
        var twilio = await Twilio.NewAccountWithSendersAsync(store);

        (await twilio.PostAsync(Endpoint, WithPair(Phone, "+15017122669"))).Is(TwilioErrors.ProxyAddressNotAuthorized);
        (await twilio.PostAsync(Endpoint, WithPair(TestServer.Senders[0], "+15017122669"))).Is(
            TwilioErrors.InvalidAddress
        );
        (await twilio.PostAsync(Endpoint, With("""{"messaging_binding": {"projected_address": "+12025550101"}}"""))).Is(
            TwilioErrors.ProjectedAddressNotAuthorized
        );
        Assert.Equal(HttpStatusCode.Accepted, (await twilio.PostAsync(Endpoint, WithPair(Phone, Proxy))).Status);
    }

    private static DateTimeOffset DateOf(JsonNode? date) =>
        DateTimeOffset.Parse(date!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private static string? Name(JsonNode? participant) =>
        (string?)participant!["identity"] ?? (string?)participant["messaging_binding"]!["address"];
}
