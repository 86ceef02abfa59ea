using System.Net;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// The stored webhooks of a conversation. <see cref="EventTests"/> and <see cref="DeliveryTests"/> test what they
/// receive.
/// </summary>
public sealed class ConversationWebhookTests
{
    private const string FlowSid = "FW0123456789abcdef0123456789ABCDEF";

    private static readonly (string Name, string Value)[] Webhook =
    [
        ("Target", "webhook"),
        ("Configuration.Url", "https://example.com/"),
        ("Configuration.Filters", "onParticipantAdded"),
    ];

    private static readonly (string Name, string Value)[] Trigger =
    [
        ("Target", "trigger"),
        ("Configuration.Url", "https://example.com/"),
        ("Configuration.Triggers", "stop"),
    ];

    private static readonly (string Name, string Value)[] Studio =
    [
        ("Target", "studio"),
        ("Configuration.FlowSid", FlowSid),
    ];

    [Theory, Everywhere]
    public async Task Create_of_the_target_webhook_shows_URL_method_and_filters(Store store, Shape shape) =>
        await Create_shows(
            store,
            shape,
            [
                ("Target", "webhook"),
                ("Configuration.Url", "https://example.com/a?b=c"),
                ("Configuration.Method", "gEt"),
                ("Configuration.Filters", "onParticipantAdded"),
                ("Configuration.Filters", "onMessageRemoved"),
                ("Configuration.Triggers", "stop"),
                ("Configuration.FlowSid", FlowSid),
                ("Configuration.ReplayAfter", "7"),
            ],
            "webhook",
            """
            {"url":"https://example.com/a?b=c","method":"GET","filters":["onParticipantAdded","onMessageRemoved"],
            "replay_after":7}
            """.ReplaceLineEndings("")
        );

    [Theory, Everywhere]
    public async Task Create_of_the_target_trigger_shows_URL_method_and_triggers(Store store, Shape shape) =>
        await Create_shows(
            store,
            shape,
            [
                ("Target", "trigger"),
                ("Configuration.Url", "https://example.com/"),
                ("Configuration.Triggers", "stop it"),
                ("Configuration.Triggers", "größe"),
            ],
            "trigger",
            """{"url":"https://example.com/","method":"POST","triggers":["stop it","größe"]}"""
        );

    [Theory, Everywhere]
    public async Task Create_of_the_target_studio_shows_the_flow(Store store, Shape shape) =>
        await Create_shows(store, shape, Studio, "studio", $$"""{"flow_sid":"{{FlowSid}}"}""");

    [Theory]
    [OnEachStore("Configuration.Url", "example.com", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("Configuration.Url", "ftp://example.com/", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("Configuration.Method", "PUT", nameof(TwilioErrors.InvalidWebhookMethod))]
    [OnEachStore("Configuration.Filters", "onParticipantAdd", nameof(TwilioErrors.InvalidConversationWebhookFilter))]
    [OnEachStore("Configuration.Filters", "onConversationAdded", nameof(TwilioErrors.InvalidConversationWebhookFilter))]
    [OnEachStore("Configuration.Filters", "onUserAdded", nameof(TwilioErrors.InvalidConversationWebhookFilter))]
    [OnEachStore("Configuration.Filters", "onMessageSent", nameof(TwilioErrors.InvalidConversationWebhookFilter))]
    [OnEachStore("Configuration.FlowSid", "FW1", nameof(TwilioErrors.InvalidConversationWebhookFlowSid))]
    public async Task An_invalid_value_is_refused_on_create_and_on_update(
        Store store,
        string name,
        string value,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        var before = (await twilio.PostAsync(path, Webhook)).Created();

        (await twilio.PostAsync(path, [.. Webhook, (name, value)])).Is(error);
        (
            await twilio.PostAsync(
                $"{path}/{before["sid"]}",
                ("Configuration.Url", "https://example.com/new"),
                (name, value)
            )
        ).Is(error);

        Assert.Equal(before.Text, (await twilio.GetAsync($"{path}/{before["sid"]}")).Ok().Text);
        Assert.Single((await twilio.GetAsync(path)).Ok().Body["webhooks"]!.AsArray());
    }

    [Theory, OnEachStore]
    public async Task The_required_parameters_of_a_target_must_be_given(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";

        (await twilio.PostAsync(path)).Is(TwilioErrors.MissingParameter("Target"));
        (await twilio.PostAsync(path, [("Target", ""), .. Webhook[1..]])).Is(TwilioErrors.MissingParameter("Target"));
        (await twilio.PostAsync(path, [("Target", "flex"), .. Webhook[1..]])).Is(
            TwilioErrors.InvalidConversationWebhookType
        );
        (await twilio.PostAsync(path, Webhook[0], Webhook[2])).Is(TwilioErrors.ConversationWebhookUrlNotProvided);
        (await twilio.PostAsync(path, Webhook[0], Webhook[1])).Is(TwilioErrors.ConversationWebhookFilterNotProvided);
        (await twilio.PostAsync(path, Trigger[0], Trigger[2])).Is(TwilioErrors.ConversationWebhookUrlNotProvided);
        (await twilio.PostAsync(path, Trigger[0], Trigger[1])).Is(TwilioErrors.ConversationWebhookTriggerNotProvided);
        (await twilio.PostAsync(path, Studio[0])).Is(TwilioErrors.InvalidConversationWebhookFlowSid);
        Assert.Empty((await twilio.GetAsync(path)).Ok().Body["webhooks"]!.AsArray());
    }

    [Theory, OnEachStore]
    public async Task A_value_that_is_too_long_or_not_a_number_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        var url = $"https://example.com/{new string('a', 512 - "https://example.com/".Length)}";

        (await twilio.PostAsync(path, [.. Webhook, ("Configuration.Url", url + "a")])).Is(
            TwilioErrors.ConversationWebhookUrlTooLong
        );
        (await twilio.PostAsync(path, [.. Trigger, ("Configuration.Triggers", new('a', 249))])).Is(
            TwilioErrors.InvalidConversationWebhookTrigger
        );
        await Assert.AllAsync(
            ["-1", "1.5", "soon", "2147483648"],
            async index =>
                (await twilio.PostAsync(path, [.. Webhook, ("Configuration.ReplayAfter", index)])).Is(
                    TwilioErrors.InvalidReplayAfter
                )
        );
        (await twilio.PostAsync(path, [.. Webhook, ("Configuration.Url", url)])).Created();
        (await twilio.PostAsync(path, [.. Trigger, ("Configuration.Triggers", new('a', 248))])).Created();
    }

    [Theory, Everywhere]
    public async Task Update_changes_the_given_values_and_keeps_the_rest_and_the_target(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        var webhook =
            $"{path}/"
            + $"{(await twilio.PostAsync(path, [.. Webhook, ("Configuration.ReplayAfter", "7")])).Created()["sid"]}";
        var trigger = $"{path}/{(await twilio.PostAsync(path, Trigger)).Created()["sid"]}";
        var studio = $"{path}/{(await twilio.PostAsync(path, Studio)).Created()["sid"]}";

        await IsAsync(
            webhook,
            """{"url":"https://example.com/","method":"POST","filters":["onParticipantAdded"],"replay_after":7}"""
        );
        await IsAsync(
            webhook,
            """{"url":"https://example.com/new","method":"POST","filters":["onParticipantAdded"],"replay_after":7}""",
            ("Configuration.Url", "https://example.com/new")
        );
        await IsAsync(
            webhook,
            """{"url":"https://example.com/new","method":"GET","filters":["onConversationRemoved"],"replay_after":7}""",
            ("Configuration.Method", "get"),
            ("Configuration.Filters", "onConversationRemoved"),
            ("Target", "studio"),
            ("Configuration.FlowSid", FlowSid)
        );
        await IsAsync(
            trigger,
            """{"url":"https://example.com/","method":"POST","triggers":["go","run"]}""",
            ("Configuration.Triggers", "go"),
            ("Configuration.Triggers", "run")
        );
        await IsAsync(
            studio,
            """{"flow_sid":"FW00000000000000000000000000000000"}""",
            ("Configuration.FlowSid", "FW00000000000000000000000000000000")
        );
        (await twilio.PostAsync(webhook, ("Configuration.Filters", ""))).Is(
            TwilioErrors.ConversationWebhookFilterNotProvided
        );
        (await twilio.PostAsync(trigger, ("Configuration.Triggers", ""))).Is(
            TwilioErrors.ConversationWebhookTriggerNotProvided
        );

        async Task IsAsync(string at, string configuration, params (string Name, string Value)[] form)
        {
            var before = (await twilio.GetAsync(at)).Ok();
            var updated = (await twilio.PostAsync(at, form)).Ok();
            Assert.Equal(configuration, updated.Body["configuration"]!.ToJsonString(TwilioJson.Options));
            Assert.Equal(
                (before["sid"], before["target"], before["date_created"]),
                (updated["sid"], updated["target"], updated["date_created"])
            );
            Assert.Equal(updated.Text, (await twilio.GetAsync(at)).Ok().Text);
        }
    }

    /// <summary>
    /// Webhooks of every target. <see cref="Conformance.ListContract"/> tests the paging of every list.
    /// </summary>
    [Theory, Everywhere]
    public async Task The_list_has_its_webhooks_in_the_order_of_creation_and_pages_forward_and_back(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var path = $"Conversations/{await twilio.NewConversationAsync(("UniqueName", "room"))}/Webhooks";
        List<Answer> all = [];
        foreach (var form in ((string, string)[][])[Webhook, Trigger, Studio, Webhook, Webhook])
        {
            all.Add((await twilio.PostAsync(path, form)).Created());
        }

        var url = new Uri(twilio.Server.Address, twilio.PathOf(path)).ToString();
        var whole = (await twilio.GetAsync(path)).Ok();
        Assert.Equal(
            $$"""
            {"meta":{"page":0,"page_size":5,"first_page_url":"{{url}}?PageSize=5&Page=0","previous_page_url":null,
            "url":"{{url}}?PageSize=5&Page=0","next_page_url":null,"key":"webhooks"},
            "webhooks":[{{string.Join(',', all.Select(webhook => webhook.Text))}}]}
            """.ReplaceLineEndings(""),
            whole.Text
        );

        List<RowPage> pages = [new((await twilio.GetAsync($"{path}?PageSize=2")).Ok(), "webhooks")];
        while (pages[^1].Next is { } next)
        {
            pages.Add(new((await twilio.GetAsync(next)).Ok(), "webhooks"));
        }

        Assert.Equal([2, 2, 1], pages.Select(page => page.Sids.Count));
        Assert.Equal(all.Select(webhook => webhook["sid"]), pages.SelectMany(page => page.Sids));
        Assert.Equal($"{url}?PageSize=2&Page=1&PageToken=PT{all[2]["sid"]}", pages[1].Url);
        Assert.Equal(pages[0].Sids, new RowPage((await twilio.GetAsync(pages[1].Previous!)).Ok(), "webhooks").Sids);
        Assert.Equal(
            whole.Body["webhooks"]!.ToJsonString(),
            (await twilio.GetAsync("Conversations/room/Webhooks")).Ok().Body["webhooks"]!.ToJsonString()
        );
        (await twilio.GetAsync($"{path}?PageToken=PTMB{new string('0', 32)}")).Is(TwilioErrors.InvalidPageToken);
    }

    [Theory, Everywhere]
    public async Task Delete_removes_the_webhook_and_frees_its_place(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        var sid = (await twilio.PostAsync(path, Webhook)).Created()["sid"];
        for (var i = 0; i < 4; i++)
        {
            (await twilio.PostAsync(path, Webhook)).Created();
        }

        (await twilio.DeleteAsync($"{path}/{sid}")).NoContent();

        var gone = TwilioErrors.NotFound(twilio.PathOf($"{path}/{sid}")["/v1".Length..]);
        (await twilio.GetAsync($"{path}/{sid}")).Is(gone);
        (await twilio.PostAsync($"{path}/{sid}")).Is(gone);
        (await twilio.DeleteAsync($"{path}/{sid}")).Is(gone);
        (await twilio.PostAsync(path, Webhook)).Created();
    }

    [Theory, OnEachStore]
    public async Task A_conversation_has_at_most_five_webhooks_even_after_concurrent_creates(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        (await twilio.PostAsync(path, Trigger)).Created();
        (await twilio.PostAsync(path, Studio)).Created();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => twilio.PostAsync(path, Webhook)));

        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => answer.Is(TwilioErrors.WebhookLimit)
        );
        Assert.Equal(5, (await twilio.GetAsync(path)).Ok().Body["webhooks"]!.AsArray().Count);
        (await twilio.PostAsync($"Conversations/{await twilio.NewConversationAsync()}/Webhooks", Webhook)).Created();
    }

    [Theory, OnEachStore]
    public async Task Webhooks_of_a_closed_conversation_are_read_only(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var path = $"Conversations/{conversation}/Webhooks";
        var sid = (await twilio.PostAsync(path, Webhook)).Created()["sid"];
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        (await twilio.PostAsync(path)).Is(TwilioErrors.ConversationClosed);
        (await twilio.PostAsync($"{path}/{sid}")).Is(TwilioErrors.ConversationClosed);
        (await twilio.DeleteAsync($"{path}/{sid}")).Is(TwilioErrors.ConversationClosed);
        (await twilio.GetAsync($"{path}/{sid}")).Ok();
        Assert.Single((await twilio.GetAsync(path)).Ok().Body["webhooks"]!.AsArray());
    }

    [Theory, Everywhere]
    public async Task The_path_may_contain_the_UniqueName_of_the_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));

        var created = (await twilio.PostAsync("Conversations/room/Webhooks", Webhook)).Created();

        Assert.EndsWith(
            twilio.PathOf($"Conversations/{conversation}/Webhooks/{created["sid"]}"),
            created["url"],
            StringComparison.Ordinal
        );
        Assert.Equal(created.Text, (await twilio.GetAsync($"Conversations/room/Webhooks/{created["sid"]}")).Ok().Text);
        (await twilio.DeleteAsync($"Conversations/room/Webhooks/{created["sid"]}")).NoContent();
    }

    [Theory, Everywhere]
    public async Task A_webhook_is_found_only_in_its_own_conversation_and_account(Store store, Shape shape)
    {
        var (twilio, stranger) = (
            await Twilio.NewAccountAsync(store, shape),
            await Twilio.NewAccountAsync(store, shape)
        );
        var (path, other) = (
            $"Conversations/{await twilio.NewConversationAsync()}/Webhooks",
            $"Conversations/{await twilio.NewConversationAsync()}/Webhooks"
        );
        var sid = (await twilio.PostAsync(path, Webhook)).Created()["sid"];

        (await twilio.GetAsync($"{other}/{sid}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"{other}/{sid}")["/v1".Length..])
        );
        (await twilio.DeleteAsync($"{other}/{sid}")).Is(
            TwilioErrors.NotFound(twilio.PathOf($"{other}/{sid}")["/v1".Length..])
        );
        await Assert.AllAsync(
            [path, $"{path}/{sid}"],
            async at =>
            {
                var gone = TwilioErrors.NotFound(stranger.PathOf(at)["/v1".Length..]);
                (await stranger.GetAsync(at)).Is(gone);
                (await stranger.PostAsync(at, Webhook)).Is(gone);
            }
        );
        (await stranger.DeleteAsync($"{path}/{sid}")).Is(
            TwilioErrors.NotFound(stranger.PathOf($"{path}/{sid}")["/v1".Length..])
        );
        (await twilio.GetAsync($"{path}/{sid}")).Ok();
    }

    private static async Task Create_shows(
        Store store,
        Shape shape,
        (string Name, string Value)[] form,
        string target,
        string configuration
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        var answer = (await twilio.PostAsync($"Conversations/{conversation}/Webhooks", form)).Created();

        var (service, at) = shape == Shape.Service ? ("\"chat_service_sid\":\"ISx\",", "/Services/ISx") : ("", "");
        Assert.Equal(
            $$"""
            {"account_sid":"ACx",{{service}}"conversation_sid":"CHx","sid":"WHx","target":"{{target}}",
            "configuration":{{configuration}},"date_created":"DATE","date_updated":"DATE",
            "url":"HOST/v1{{at}}/Conversations/CHx/Webhooks/WHx"}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal((twilio.AccountSid, conversation), (answer["account_sid"], answer["conversation_sid"]));
        Assert.Equal(
            answer.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Webhooks/{answer["sid"]}")).Ok().Text
        );
    }
}
