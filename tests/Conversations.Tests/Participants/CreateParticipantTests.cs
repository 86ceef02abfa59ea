using System.Text;
using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

public sealed class CreateParticipantTests
{
    [Theory, Everywhere]
    public async Task Create_with_an_identity_creates_a_chat_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();

        Assert.Equal(Body(shape, identity: "\"alice\"", binding: "null"), answer.Masked);
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(conversation, answer["conversation_sid"]);
        Assert.EndsWith(
            twilio.PathOf($"Conversations/{conversation}/Participants/{answer["sid"]}"),
            answer["url"],
            StringComparison.Ordinal
        );
        if (shape == Shape.Service)
        {
            Assert.Equal(twilio.ChatServiceSid, answer["chat_service_sid"]);
        }
    }

    [Theory, Everywhere]
    public async Task Create_with_address_and_proxy_address_creates_an_sms_participant(Store store, Shape shape) =>
        await Create_makes(
            store,
            shape,
            NewParticipant.Sms("+15558675310", "+15017122661"),
            Body(shape, identity: "null", """{"type":"sms","address":"+15558675310","proxy_address":"+15017122661"}""")
        );

    [Theory, Everywhere]
    public async Task Create_with_only_an_address_creates_a_member_of_a_group_text(Store store, Shape shape) =>
        await Create_makes(
            store,
            shape,
            NewParticipant.Native("+15558675310"),
            Body(shape, identity: "null", """{"type":"sms","address":"+15558675310"}""")
        );

    [Theory, Everywhere]
    public async Task Create_with_identity_and_projected_address_creates_a_chat_member_of_a_group_text(
        Store store,
        Shape shape
    ) =>
        await Create_makes(
            store,
            shape,
            NewParticipant.Projected("+15017122661", identity: "alice"),
            Body(shape, identity: "\"alice\"", """{"type":"sms","projected_address":"+15017122661"}""")
        );

    [Theory, Everywhere]
    public async Task Create_with_only_a_projected_address_creates_a_member_without_identity(
        Store store,
        Shape shape
    ) =>
        await Create_makes(
            store,
            shape,
            NewParticipant.Projected("+15017122661"),
            Body(shape, identity: "null", """{"type":"sms","projected_address":"+15017122661"}""")
        );

    [Theory]
    [OnEachStore("+15558675310", "+15017122661", "sms")]
    [OnEachStore("+15558675310", "12345", "sms")]
    [OnEachStore("+15005550006", "+15005550001", "sms")] // Twilio's magic numbers
    [OnEachStore("+447700900123", "+4915112345678", "sms")]
    // https://www.twilio.com/sms/guidelines/mx contains both forms.
    [OnEachStore("+5215512345678", "+525512345678", "sms")]
    [OnEachStore("whatsapp:+5215512345678", "whatsapp:+5491123456789", "whatsapp")]
    [OnEachStore("whatsapp:+15558675310", "whatsapp:+15017122661", "whatsapp")]
    [OnEachStore("rcs:+15558675310", "rcs:+15017122661", "rcs")]
    [OnEachStore("rcs:+15558675310", "rcs:brand_agent", "rcs")]
    [OnEachStore("messenger:4711", "messenger:4712", "messenger")]
    [OnEachStore("gbm:4711", "gbm:4712", "gbm")]
    [OnEachStore("apple:4711", "apple:4712", "apple")]
    [OnEachStore("chat:4711", "chat:4712", "chat")]
    public async Task The_prefix_of_the_address_decides_the_type_and_is_kept(
        Store store,
        string address,
        string proxyAddress,
        string type
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms(address, proxyAddress)
            )
        ).Created();

        Assert.Equal(
            $$"""{"type":"{{type}}","address":"{{address}}","proxy_address":"{{proxyAddress}}"}""",
            answer.MessagingBinding
        );
    }

    [Theory]
    [OnEachStore(
        "alice@example.com",
        null,
        null,
        null,
        """{"type":"email","address":"alice@example.com","level":"to"}"""
    )]
    [OnEachStore(
        "alice@example.com",
        "email",
        "cc",
        "Alice",
        """{"type":"email","address":"alice@example.com","level":"cc","name":"Alice"}"""
    )]
    public async Task An_email_participant_has_level_and_name_and_no_proxy_address(
        Store store,
        string address,
        string? type,
        string? level,
        string? name,
        string binding
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                [
                    .. NewParticipant.Native(address),
                    ("MessagingBinding.Type", type ?? ""),
                    ("MessagingBinding.Level", level ?? ""),
                    ("MessagingBinding.Name", name ?? ""),
                ]
            )
        ).Created();

        Assert.Equal(binding, answer.MessagingBinding);
    }

    [Theory]
    // Identity or binding: identity, address, proxy address, projected address
    [OnEachStore(null, null, null, null, nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("", null, null, null, nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("", null, null, "", nameof(TwilioErrors.IdentityNotProvided))]
    [OnEachStore("alice", "+15558675310", "+15017122661", null, nameof(TwilioErrors.IdentityNotAcceptable))]
    [OnEachStore("alice", "+15558675310", null, null, nameof(TwilioErrors.IdentityNotAcceptable))]
    [OnEachStore("alice", null, "+15017122661", null, nameof(TwilioErrors.IdentityNotAcceptable))]
    [OnEachStore("alice", "+15558675310", null, "+15017122661", nameof(TwilioErrors.IdentityNotAcceptable))]
    [OnEachStore(null, "+15558675310", null, "+15017122661", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+15558675310", "+15017122661", "+15017122662", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, null, "+15017122661", null, nameof(TwilioErrors.AddressEmpty))]
    [OnEachStore(null, null, "+15017122661", "+15017122662", nameof(TwilioErrors.AddressEmpty))]
    [OnEachStore(null, "", "+15017122661", null, nameof(TwilioErrors.AddressEmpty))]
    [OnEachStore("alice", "", null, null, nameof(TwilioErrors.AddressEmpty))]
    [OnEachStore(null, "+15558675310", "", null, nameof(TwilioErrors.ProxyAddressEmpty))]
    [OnEachStore("alice", null, "", null, nameof(TwilioErrors.ProxyAddressEmpty))]
    [OnEachStore(null, "whatsapp:+15558675310", null, null, nameof(TwilioErrors.ProxyAddressEmpty))]
    [OnEachStore(null, "messenger:4711", null, null, nameof(TwilioErrors.ProxyAddressEmpty))]
    // Identities
    [OnEachStore("US0123456789abcdef0123456789ABCDEF", null, null, null, nameof(TwilioErrors.IdentityMatchesUserSid))]
    // Addresses of persons. From "+1555" on: too short, without area code, too long, with a national prefix, of no
    // country.
    [OnEachStore(null, "15558675310", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+05558675310", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+1555867531012345", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+1 555 867 5310", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+15558675310\n", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+1555867531٠", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "12345", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+1555", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+15558675", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+155586753100", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+115558675310", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+4402071838750", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+999123456789", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+155586753100;ext=1", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+49301234567890123", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+1555TWILIO0", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "+52155123456789", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "whatsapp:+1555", "whatsapp:+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "rcs:+1555", "rcs:brand_agent", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("alice", null, null, "+1555", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "null", "+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "whatsapp:alice", "whatsapp:+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "whatsapp:", "whatsapp:+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "WhatsApp:+15558675310", "whatsapp:+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "fax:+15558675310", "fax:+15017122661", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, "alice@", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore(null, null, null, "15017122661", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("alice", null, null, "whatsapp:+15017122661", nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("alice", null, null, "null", nameof(TwilioErrors.InvalidAddress))]
    // Addresses of senders
    [OnEachStore(null, "+15558675310", "nonsense", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "+15558675310", "12", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "+15558675310", "+1555", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "whatsapp:+15558675310", "whatsapp:+1555", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "+15558675310", "null", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "+15558675310", "fax:+15017122661", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "whatsapp:+15558675310", "whatsapp:12345", null, nameof(TwilioErrors.InvalidProxyAddress))]
    [OnEachStore(null, "rcs:+15558675310", "rcs:", null, nameof(TwilioErrors.InvalidProxyAddress))]
    // Both
    [OnEachStore(null, "+15558675310", "+15558675310", null, nameof(TwilioErrors.AddressEqualsProxyAddress))]
    [OnEachStore(
        null,
        "whatsapp:+15558675310",
        "whatsapp:+15558675310",
        null,
        nameof(TwilioErrors.AddressEqualsProxyAddress)
    )]
    [OnEachStore(null, "+15558675310", "whatsapp:+15017122661", null, nameof(TwilioErrors.AddressTypesDiffer))]
    [OnEachStore(null, "whatsapp:+15558675310", "+15017122661", null, nameof(TwilioErrors.AddressTypesDiffer))]
    [OnEachStore(null, "gbm:4711", "messenger:4712", null, nameof(TwilioErrors.AddressTypesDiffer))]
    [OnEachStore(null, "alice@example.com", "+15017122661", null, nameof(TwilioErrors.ProxyAddressNotSupported))]
    [OnEachStore(null, "alice@example.com", "desk@example.com", null, nameof(TwilioErrors.ProxyAddressNotSupported))]
    public async Task An_invalid_combination_of_identity_and_binding_is_refused(
        Store store,
        string? identity,
        string? address,
        string? proxyAddress,
        string? projectedAddress,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Of(identity, address, proxyAddress, projectedAddress)
            )
        ).Is(error);

        Assert.Empty(
            (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body["participants"]!.AsArray()
        );
    }

    [Theory]
    [OnEachStore("MessagingBinding.Name", "Alice")]
    [OnEachStore("MessagingBinding.Level", "to")]
    public async Task Name_and_level_are_only_for_email(Store store, string name, string value)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                [.. NewParticipant.Sms("+15558675310", "+15017122661"), (name, value)]
            )
        ).Is(TwilioErrors.BindingParameterNotSupported);
    }

    [Theory]
    [OnEachStore("sms")]
    [OnEachStore("email")]
    [OnEachStore("chat")]
    public async Task A_type_without_an_address_creates_no_binding(Store store, string type)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("MessagingBinding.Type", type)
            )
        ).Created();

        Assert.Equal("null", answer.MessagingBinding);
    }

    [Theory]
    [OnEachStore("{}")]
    [OnEachStore("""{ "role": "driver" }""")]
    [OnEachStore("{\r\n\t\"b\" : 1,\"a\":1.50e+1 ,\"b\":2}")]
    [OnEachStore("""{"ü":"🙂","\u00fc":"\"\\\/\n","<b>&'+":"\ud83d\ude42","nul":"\u0000"}""")]
    [OnEachStore(" [1, 2] ")]
    [OnEachStore("\"text\"")]
    [OnEachStore("4711")]
    [OnEachStore("true")]
    [OnEachStore("null")]
    public async Task Attributes_of_any_JSON_type_are_returned_unchanged(Store store, string attributes)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", attributes)
            )
        ).Created();

        Assert.Equal(attributes, created["attributes"]);
        Assert.Equal(
            attributes,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok()["attributes"]
        );
    }

    [Theory]
    [OnEachStore]
    public async Task Attributes_may_be_nested_as_deeply_as_their_length_allows(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var attributes = new string('[', 2048) + new string(']', 2048);

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", attributes)
            )
        ).Created();

        Assert.Equal(attributes, answer["attributes"]);
    }

    [Theory, Everywhere]
    public async Task Empty_attributes_become_an_empty_object(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        Assert.Equal(
            "{}",
            (
                await twilio.PostAsync(
                    $"Conversations/{conversation}/Participants",
                    ("Identity", "alice"),
                    ("Attributes", "")
                )
            ).Created()["attributes"]
        );
    }

    [Theory]
    [OnEachStore("{")]
    [OnEachStore("nonsense")]
    [OnEachStore(" ")]
    [OnEachStore("{'role':'driver'}")]
    [OnEachStore("{\"role\":\"driver\",}")]
    [OnEachStore("{} {}")]
    [OnEachStore("NaN")]
    [OnEachStore("\"a\nb\"")]
    public async Task Create_with_attributes_that_are_not_JSON_is_refused(Store store, string attributes)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", attributes)
            )
        ).Is(TwilioErrors.AttributesNotJson);
    }

    [Theory]
    [OnEachStore("a", 4094)]
    [OnEachStore("ü", 2047)]
    [OnEachStore("🙂a", 818)] // 4090 bytes
    public async Task Attributes_may_have_4096_bytes_of_UTF8(Store store, string text, int times)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var content = string.Concat(Enumerable.Repeat(text, times));
        var longest = $"\"{content}{new string('a', 4094 - Encoding.UTF8.GetByteCount(content))}\"";

        Assert.Equal(
            longest,
            (
                await twilio.PostAsync(
                    $"Conversations/{conversation}/Participants",
                    ("Identity", "alice"),
                    ("Attributes", longest)
                )
            ).Created()["attributes"]
        );
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "bob"),
                ("Attributes", longest + " ")
            )
        ).Is(TwilioErrors.AttributesTooLong);
    }

    [Theory]
    [OnEachStore("2015-12-16T22:18:37Z", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T22:18:37", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T23:48:37+01:30", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T17:18:37-05:00", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T22:18:37.999Z", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T22:18:37.123456", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16T23:18:37.5+01:00", "2015-12-16T22:18:37Z")]
    [OnEachStore("2015-12-16", "2015-12-16T00:00:00Z")]
    [OnEachStore("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [OnEachStore("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
    public async Task Dates_are_returned_in_whole_seconds_of_UTC(Store store, string date, string echo)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("DateCreated", date),
                ("DateUpdated", date)
            )
        ).Created();
        var fetched = (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok();

        Assert.Equal(echo, created["date_created"]);
        Assert.Equal(echo, created["date_updated"]);
        Assert.Equal(created.Text, fetched.Text);
    }

    [Theory, Everywhere]
    public async Task Date_updated_equals_date_created_unless_it_is_given(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var before = DateTime.UtcNow.AddSeconds(-1);

        var alice = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();
        var bob = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "bob"),
                ("DateCreated", "2015-12-16T22:18:37Z"),
                ("DateUpdated", "")
            )
        ).Created();
        var carol = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "carol"),
                ("DateUpdated", "2015-12-16T22:18:37Z")
            )
        ).Created();

        Assert.InRange(alice.Date("date_created"), before, DateTime.UtcNow);
        Assert.Equal(alice["date_created"], alice["date_updated"]);
        Assert.Equal("2015-12-16T22:18:37Z", bob["date_updated"]);
        Assert.InRange(carol.Date("date_created"), before, DateTime.UtcNow);
        Assert.Equal("2015-12-16T22:18:37Z", carol["date_updated"]);
    }

    [Theory]
    [OnEachStore("yesterday")]
    [OnEachStore("1450304317")]
    [OnEachStore("2015-13-01T00:00:00Z")]
    [OnEachStore("2015-02-29T00:00:00Z")]
    [OnEachStore("16/12/2015")]
    [OnEachStore("0001-01-01T00:00:00+01:00")]
    [OnEachStore("null")]
    public async Task An_invalid_date_is_refused(Store store, string date)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("DateCreated", date)
            )
        ).Is(TwilioErrors.InvalidDateCreated);
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("DateUpdated", date)
            )
        ).Is(TwilioErrors.InvalidDateUpdated);
    }

    [Theory, Everywhere]
    public async Task RoleSid_assigns_a_conversation_role_of_the_service(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var role = await twilio.NewRoleAsync("conversation");

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("RoleSid", role)
            )
        ).Created();

        Assert.Equal(role, answer["role_sid"]);
    }

    [Theory, Everywhere]
    public async Task The_services_current_default_role_is_assigned_without_a_RoleSid(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var configuration = $"/v1/Services/{twilio.ChatServiceSid}/Configuration";
        var builtIn = (await twilio.GetAsync(configuration)).Ok()["default_conversation_role_sid"];
        var role = await twilio.NewRoleAsync("conversation");

        var alice = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();
        (await twilio.PostAsync(configuration, ("DefaultConversationRoleSid", role))).Ok();
        var bob = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob"), ("RoleSid", ""))
        ).Created();
        var sms = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Created();

        Assert.Equal([builtIn, role, role], [alice["role_sid"], bob["role_sid"], sms["role_sid"]]);
        Assert.Equal(
            builtIn,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok()["role_sid"]
        );
    }

    [Theory, OnEachStore]
    public async Task A_RoleSid_that_is_not_a_conversation_role_of_the_service_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var stranger = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var service = await twilio.NewServiceAsync();
        var otherService = (await twilio.GetAsync($"/v1/Services/{service}/Configuration")).Ok()[
            "default_conversation_role_sid"
        ];
        string[] roles =
        [
            "nonsense",
            "null",
            "RL00000000000000000000000000000000",
            otherService,
            await twilio.NewRoleAsync("service"),
            await stranger.NewRoleAsync("conversation"),
        ];

        foreach (var role in roles)
        {
            (
                await twilio.PostAsync(
                    $"Conversations/{conversation}/Participants",
                    ("Identity", "alice"),
                    ("RoleSid", role)
                )
            ).Is(TwilioErrors.ConversationRoleNotFound);
        }
    }

    [Theory, Everywhere]
    public async Task The_first_participant_of_an_identity_creates_its_user(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (one, two) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        (await twilio.GetAsync("Users/alice")).Is(TwilioErrors.NotFound(twilio.PathOf("Users/alice")["/v1".Length..]));

        await twilio.NewParticipantAsync(one, ("Identity", "alice"));
        var user = (await twilio.GetAsync("Users/alice")).Ok();
        await twilio.NewParticipantAsync(two, ("Identity", "alice"));
        await twilio.NewParticipantAsync(one, NewParticipant.Sms("+15558675310", "+15017122661"));

        Assert.Equal("alice", user["identity"]);
        Assert.Equal(
            [user["sid"]],
            (await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray().Select(u => u!["sid"]!.GetValue<string>())
        );
    }

    [Theory, Everywhere]
    public async Task A_participant_uses_the_existing_user_of_its_identity(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var user = (await twilio.PostAsync("Users", ("Identity", "alice"), ("FriendlyName", "Alice"))).Created();

        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        Assert.Equal(user.Text, (await twilio.GetAsync("Users/alice")).Ok().Text);
        Assert.Single((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray());
    }

    [Theory, Everywhere]
    public async Task Empty_parameters_count_as_absent(Store store, Shape shape) =>
        await Create_makes(
            store,
            shape,
            [
                .. NewParticipant.Sms("+15558675310", "+15017122661"),
                ("Identity", ""),
                ("MessagingBinding.ProjectedAddress", ""),
                ("Attributes", ""),
                ("DateCreated", ""),
                ("DateUpdated", ""),
                ("RoleSid", ""),
            ],
            Body(shape, identity: "null", """{"type":"sms","address":"+15558675310","proxy_address":"+15017122661"}""")
        );

    [Theory, OnEachStore]
    public async Task Unknown_parameters_are_ignored(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants?Identity=bob&PageSize=x",
                ("Identity", "alice"),
                ("FriendlyName", "Alice"),
                ("attributes", "{"),
                ("Messagingbinding.Address", "+15558675310"),
                ("MessagingBinding[Address]", "+15558675310"),
                ("LastReadMessageIndex", "x"),
                ("Sid", "MB00000000000000000000000000000000"),
                ("", "nameless")
            )
        ).Created();

        Assert.Equal(Body(Shape.Default, identity: "\"alice\"", binding: "null"), answer.Masked);
    }

    [Theory]
    [OnEachStore("identity")]
    [OnEachStore("IDENTITY")]
    public async Task Parameter_names_are_case_sensitive(Store store, string name)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", (name, "alice"))).Is(
            TwilioErrors.IdentityNotProvided
        );
    }

    [Theory, OnEachStore]
    public async Task The_last_value_of_a_repeated_parameter_counts(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", "{"),
                ("Attributes", "1"),
                ("Identity", "bob")
            )
        ).Created();

        Assert.Equal(("bob", "1"), (answer["identity"], answer["attributes"]));
    }

    [Theory]
    [OnEachStore("""{"Identity":"alice"}""", "application/json")]
    [OnEachStore("Identity=alice", "text/plain")]
    [OnEachStore("", "application/x-www-form-urlencoded")]
    [OnEachStore("", null)]
    public async Task A_body_that_is_not_a_form_has_no_parameters(Store store, string body, string? contentType)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = contentType is null ? null : new(contentType);

        (await twilio.SendAsync(HttpMethod.Post, $"Conversations/{conversation}/Participants", content)).Is(
            TwilioErrors.IdentityNotProvided
        );
    }

    [Theory, Everywhere]
    public async Task The_path_may_contain_the_UniqueName_of_the_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "ride 4711/ü"));

        var answer = (
            await twilio.PostAsync("Conversations/ride%204711%2F%C3%BC/Participants", ("Identity", "alice"))
        ).Created();

        Assert.Equal(Body(shape, identity: "\"alice\"", binding: "null"), answer.Masked);
        Assert.Equal(conversation, answer["conversation_sid"]);
    }

    [Theory, Everywhere]
    public async Task An_absent_or_foreign_conversation_or_one_of_another_service_is_not_found(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var foreign = await (await Twilio.NewAccountAsync(store, shape)).NewConversationAsync(
            ("UniqueName", "foreign")
        );
        var service = await twilio.NewServiceAsync();
        var elsewhere = (
            await twilio.PostAsync($"/v1/Services/{service}/Conversations", ("UniqueName", "elsewhere"))
        ).Created()["sid"];

        foreach (
            var name in new[]
            {
                "CH00000000000000000000000000000000",
                "absent",
                foreign,
                "foreign",
                elsewhere,
                "elsewhere",
            }
        )
        {
            var path = twilio.PathOf($"Conversations/{name}/Participants");
            (await twilio.PostAsync(path, ("Identity", "alice"))).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        }

        var answer = (
            await twilio.PostAsync(
                $"/v1/Services/{service}/Conversations/elsewhere/Participants",
                ("Identity", "alice")
            )
        ).Created();
        Assert.Equal((service, elsewhere), (answer["chat_service_sid"], answer["conversation_sid"]));
    }

    [Theory, Everywhere]
    public async Task A_closed_conversation_accepts_no_participants(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))).Is(
            TwilioErrors.ConversationClosed
        );
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Attributes", "{"))).Is(
            TwilioErrors.ConversationClosed
        );
    }

    /// <summary>Each row breaks two neighbouring rules in Twilio's order of checks. The first rule answers.</summary>
    [Theory]
    [OnEachStore(nameof(TwilioErrors.AttributesTooLong), "Attributes", "tooLong", "DateCreated", "x")]
    [OnEachStore(nameof(TwilioErrors.AttributesNotJson), "Attributes", "{", "DateCreated", "x")]
    [OnEachStore(nameof(TwilioErrors.InvalidDateCreated), "DateCreated", "x", "DateUpdated", "x")]
    [OnEachStore(nameof(TwilioErrors.InvalidDateUpdated), "DateUpdated", "x", "RoleSid", "x")]
    [OnEachStore(
        nameof(TwilioErrors.ConversationRoleNotFound),
        "RoleSid",
        "x",
        "MessagingBinding.ProxyAddress",
        "+15017122661"
    )]
    [OnEachStore(nameof(TwilioErrors.IdentityNotAcceptable), "Identity", "alice", "MessagingBinding.Address", "x")]
    [OnEachStore(
        nameof(TwilioErrors.InvalidAddress),
        "MessagingBinding.Address",
        "x",
        "MessagingBinding.ProxyAddress",
        "x"
    )]
    [OnEachStore(
        nameof(TwilioErrors.InvalidProxyAddress),
        "MessagingBinding.Address",
        "whatsapp:+15558675310",
        "MessagingBinding.ProxyAddress",
        "x"
    )]
    [OnEachStore(
        nameof(TwilioErrors.AddressTypesDiffer),
        "MessagingBinding.Address",
        "whatsapp:+15558675310",
        "MessagingBinding.ProxyAddress",
        "+15017122661"
    )]
    [OnEachStore(
        nameof(TwilioErrors.ParticipantExists),
        "Identity",
        "member",
        "RoleSid",
        "RL00000000000000000000000000000000"
    )]
    public async Task The_first_broken_rule_in_Twilios_order_answers(
        Store store,
        string error,
        string name,
        string value,
        string otherName,
        string otherValue
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "member"));

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                (otherName, otherValue),
                (name, value == "tooLong" ? new string('x', 4097) : value)
            )
        ).Is(error);
        (await twilio.PostAsync("Conversations/absent/Participants", (otherName, otherValue), (name, value))).Is(
            TwilioErrors.NotFound("/Conversations/absent/Participants")
        );
    }

    /// <summary>The senders of these accounts are +15017122661 on sms and WhatsApp.</summary>
    [Theory]
    [OnEachStore("+15558675310", "+15017122661", null, null)]
    [OnEachStore("whatsapp:+15558675310", "whatsapp:+15017122661", null, null)]
    [OnEachStore(null, null, "+15017122661", null)]
    [OnEachStore("+15558675310", "+15017122662", null, nameof(TwilioErrors.ProxyAddressNotAuthorized))]
    [OnEachStore("messenger:4711", "messenger:4712", null, nameof(TwilioErrors.ProxyAddressNotAuthorized))]
    [OnEachStore("whatsapp:+15558675310", "whatsapp:+15017122662", null, nameof(TwilioErrors.ProxyAddressNotWhatsApp))]
    [OnEachStore(null, null, "+15017122662", nameof(TwilioErrors.ProjectedAddressNotAuthorized))]
    [OnEachStore("+15017122661", "+15017122662", null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("+15017122661", null, null, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("whatsapp:+15017122661", "whatsapp:+15017122662", null, nameof(TwilioErrors.InvalidAddress))]
    public async Task An_account_with_configured_senders_may_use_no_others(
        Store store,
        string? address,
        string? proxyAddress,
        string? projectedAddress,
        string? error
    )
    {
        var twilio = await Twilio.NewAccountWithSendersAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answer = await twilio.PostAsync(
            $"Conversations/{conversation}/Participants",
            NewParticipant.Of(null, address, proxyAddress, projectedAddress)
        );

        if (error is null)
        {
            answer.Created();
        }
        else
        {
            answer.Is(error);
        }
    }

    /// <summary>Recorded: the address is checked before the other participants.</summary>
    [Theory, OnEachStore]
    public async Task A_sender_of_the_account_is_refused_as_address_before_any_other_error(Store store)
    {
        var twilio = await Twilio.NewAccountWithSendersAsync(store);
        var conversation = await twilio.NewConversationAsync();
        for (var number = 0; number < 10; number++)
        {
            await twilio.NewParticipantAsync(conversation, NewParticipant.Native($"+1555867531{number}"));
        }

        (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Native("+15558675320"))
        ).Is(TwilioErrors.GroupLimit);
        (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Native("+15017122661"))
        ).Is(TwilioErrors.InvalidAddress);
    }

    private static string Body(Shape shape, string identity, string binding)
    {
        var service = shape == Shape.Service ? "\"chat_service_sid\":\"ISx\"," : "";
        var path = shape == Shape.Service ? "/v1/Services/ISx" : "/v1";
        return $$"""
            {"account_sid":"ACx",{{service}}"conversation_sid":"CHx","sid":"MBx","identity":{{identity}},
            "attributes":"{}","messaging_binding":{{binding}},"role_sid":"RLx","date_created":"DATE",
            "date_updated":"DATE","url":"HOST{{path}}/Conversations/CHx/Participants/MBx",
            "last_read_message_index":null,"last_read_timestamp":null}
            """.ReplaceLineEndings("");
    }

    private static async Task Create_makes(Store store, Shape shape, (string Name, string Value)[] form, string body)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        var created = (await twilio.PostAsync($"Conversations/{conversation}/Participants", form)).Created();
        var fetched = (await twilio.GetAsync($"Conversations/{conversation}/Participants/{created["sid"]}")).Ok();

        Assert.Equal(body, created.Masked);
        Assert.Equal(created.Text, fetched.Text);
    }
}
