using Conversations.Api.Errors;

namespace Conversations.Tests.Webhooks;

/// <summary>The webhook settings of an account and of a service.</summary>
public sealed class WebhookConfigurationTests
{
    private const string Account = "/v1/Configuration/Webhooks";

    [Theory, OnEachStore]
    public async Task An_account_without_configuration_has_empty_settings(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answer = (await twilio.GetAsync(Account)).Ok();

        Assert.Equal(
            """
            {"account_sid":"ACx","pre_webhook_url":null,"post_webhook_url":null,"method":"POST","filters":[],
            "target":"webhook","url":"HOST/v1/Configuration/Webhooks"}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
    }

    [Theory, OnEachStore]
    public async Task A_service_without_configuration_has_null_settings(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answer = (await twilio.GetAsync(Service(twilio))).Ok();

        Assert.Equal(
            """
            {"account_sid":"ACx","chat_service_sid":"ISx","pre_webhook_url":null,"post_webhook_url":null,
            "filters":null,"method":null,"url":"HOST/v1/Services/ISx/Configuration/Webhooks"}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(twilio.ChatServiceSid, answer["chat_service_sid"]);
    }

    [Theory, OnEachStore]
    public async Task Update_of_the_account_changes_the_given_values_and_keeps_the_rest(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        (
            await twilio.PostAsync(
                Account,
                ("PreWebhookUrl", "https://example.com/pre?a=b"),
                ("PostWebhookUrl", "http://example.com/post"),
                ("Method", "get"),
                ("Filters", "onMessageSent")
            )
        ).Is(TwilioErrors.InvalidWebhookFilter);
        Assert.Null((await twilio.GetAsync(Account)).Ok().Body["pre_webhook_url"]);
        var first = (
            await twilio.PostAsync(
                Account,
                ("PreWebhookUrl", "https://example.com/pre?a=b"),
                ("PostWebhookUrl", "http://example.com/post"),
                ("Method", "get"),
                ("Filters", "onParticipantAdd"),
                ("Filters", "onConversationUpdated"),
                ("Target", "flex")
            )
        ).Ok();
        Assert.Equal(
            """
            {"account_sid":"ACx","pre_webhook_url":"https://example.com/pre?a=b",
            "post_webhook_url":"http://example.com/post","method":"GET","filters":["onParticipantAdd",
            "onConversationUpdated"],"target":"flex","url":"HOST/v1/Configuration/Webhooks"}
            """.ReplaceLineEndings(""),
            first.Masked
        );

        Assert.Equal(first.Text, (await twilio.PostAsync(Account)).Ok().Text);
        Assert.Equal(first.Text, (await twilio.PostAsync(Account, ("Method", ""), ("Target", ""))).Ok().Text);
        Assert.Equal(first.Text, (await twilio.GetAsync(Account)).Ok().Text);

        (await twilio.PostAsync(Account, ("PreWebhookUrl", ""), ("Filters", ""))).Ok();
        Assert.Equal(
            """
            {"account_sid":"ACx","pre_webhook_url":null,"post_webhook_url":"http://example.com/post","method":"GET",
            "filters":[],"target":"flex","url":"HOST/v1/Configuration/Webhooks"}
            """.ReplaceLineEndings(""),
            (await twilio.GetAsync(Account)).Ok().Masked
        );
    }

    [Theory, OnEachStore]
    public async Task Update_of_a_service_changes_only_that_service_and_has_no_target(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var account = (await twilio.PostAsync(Account, ("PostWebhookUrl", "http://example.com/account"))).Ok();

        var answer = (
            await twilio.PostAsync(
                Service(twilio),
                ("PostWebhookUrl", "http://example.com/service"),
                ("Filters", "onUserAdded"),
                ("Target", "flex")
            )
        ).Ok();

        Assert.Equal(
            """
            {"account_sid":"ACx","chat_service_sid":"ISx","pre_webhook_url":null,
            "post_webhook_url":"http://example.com/service","filters":["onUserAdded"],"method":"POST",
            "url":"HOST/v1/Services/ISx/Configuration/Webhooks"}
            """.ReplaceLineEndings(""),
            answer.Masked
        );
        Assert.Equal(answer.Text, (await twilio.GetAsync(Service(twilio))).Ok().Text);
        Assert.Equal(account.Text, (await twilio.GetAsync(Account)).Ok().Text);
        var other = $"/v1/Services/{await twilio.NewServiceAsync()}/Configuration/Webhooks";
        Assert.Null((await twilio.GetAsync(other)).Ok().Body["post_webhook_url"]);
    }

    [Theory]
    [OnEachStore("PreWebhookUrl", "example.com", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "/relative", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "ftp://example.com/", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "file:///etc/passwd", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "javascript:alert(1)", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "http://", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("PostWebhookUrl", "http://example.com:99999/", nameof(TwilioErrors.InvalidWebhookUrl))]
    [OnEachStore("Method", "PUT", nameof(TwilioErrors.InvalidWebhookMethod))]
    [OnEachStore("Filters", "onparticipantadded", nameof(TwilioErrors.InvalidWebhookFilter))]
    [OnEachStore("Filters", "onParticipantAdded onUserAdded", nameof(TwilioErrors.InvalidWebhookFilter))]
    public async Task Update_with_an_invalid_value_is_refused_and_changes_nothing(
        Store store,
        string name,
        string value,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        foreach (var path in (string[])[Account, Service(twilio)])
        {
            var before = (
                await twilio.PostAsync(path, ("PreWebhookUrl", "http://example.com/"), ("Filters", "onUserAdded"))
            ).Ok();

            (
                await twilio.PostAsync(
                    path,
                    ("PreWebhookUrl", "http://example.com/new"),
                    ("Filters", "onUserUpdate"),
                    (name, value)
                )
            ).Is(error);

            Assert.Equal(before.Text, (await twilio.GetAsync(path)).Ok().Text);
        }
    }

    [Theory, OnEachStore]
    public async Task Update_of_the_account_with_an_unknown_target_is_refused(Store store) =>
        (await (await Twilio.NewAccountAsync(store)).PostAsync(Account, ("Target", "studio"))).Is(
            TwilioErrors.InvalidWebhookTarget
        );

    [Theory, OnEachStore]
    public async Task A_URL_may_have_2048_characters(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var url = $"http://example.com/{new string('a', 2048 - "http://example.com/".Length)}";

        Assert.Equal(url, (await twilio.PostAsync(Account, ("PostWebhookUrl", url))).Ok()["post_webhook_url"]);
        (await twilio.PostAsync(Account, ("PostWebhookUrl", url + "a"))).Is(TwilioErrors.InvalidWebhookUrl);
    }

    [Theory, OnEachStore]
    public async Task Filters_accept_every_event(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answer = (await twilio.PostAsync(Account, [.. Hooked.AllEvents.Select(name => ("Filters", name))])).Ok();

        Assert.Equal(Hooked.AllEvents, answer.Body["filters"]!.AsArray().Select(filter => filter!.GetValue<string>()));
    }

    [Theory, OnEachStore]
    public async Task The_settings_of_another_accounts_service_are_not_found(Store store)
    {
        var (twilio, other) = (await Twilio.NewAccountAsync(store), await Twilio.NewAccountAsync(store));
        var path = Service(other);

        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        (await twilio.PostAsync(path, ("PostWebhookUrl", "no URL"))).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        Assert.Null((await other.GetAsync(path)).Ok().Body["post_webhook_url"]);
    }

    [Theory, OnEachStore]
    public async Task Concurrent_first_updates_create_the_settings_once(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    twilio.PostAsync(
                        Service(twilio),
                        i % 2 == 0
                            ? ("PreWebhookUrl", "http://example.com/pre")
                            : ("PostWebhookUrl", "http://example.com/post")
                    )
                )
        );

        Assert.All(answers, answer => answer.Ok());
        var settled = (await twilio.GetAsync(Service(twilio))).Ok();
        Assert.Equal(
            ("http://example.com/pre", "http://example.com/post"),
            (settled["pre_webhook_url"], settled["post_webhook_url"])
        );
    }

    [Theory, OnEachStore]
    public async Task The_settings_of_a_service_are_deleted_with_it(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"/v1/Services/{await twilio.NewServiceAsync()}";
        (await twilio.PostAsync($"{path}/Configuration/Webhooks", ("PostWebhookUrl", "http://example.com/"))).Ok();

        (await twilio.DeleteAsync(path)).NoContent();

        (await twilio.GetAsync($"{path}/Configuration/Webhooks")).Is(
            TwilioErrors.NotFound($"{path["/v1".Length..]}/Configuration/Webhooks")
        );
    }

    private static string Service(Twilio twilio) => $"/v1/Services/{twilio.ChatServiceSid}/Configuration/Webhooks";
}
