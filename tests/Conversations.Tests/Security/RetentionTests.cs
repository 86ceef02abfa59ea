using Conversations.Tests.Support;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Security;

/// <summary>Identities, addresses and attributes are personal data: what was deleted is in no table any more, once its events are delivered.</summary>
public sealed class RetentionTests
{
    [Theory]
    [OnEachStore("participant by SID")]
    [OnEachStore("user")]
    [OnEachStore("conversation")]
    [OnEachStore("service")]
    public async Task What_is_deleted_leaves_nothing_of_itself_in_any_table(Store store, string deleted)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await using var hooked = await Hooked.NewAsync(twilio);
        var secret = $"secret{Guid.NewGuid():N}";
        var phone = $"+1555{Random.Shared.Next(2_000_000, 10_000_000)}";
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        (await twilio.PostAsync($"{service}/Configuration/Webhooks", [("PostWebhookUrl", hooked.Receiver.Url($"/{secret}")), .. Hooked.AllEvents.Select(name => ("Filters", name))])).Ok();
        var conversation = $"{service}/Conversations/{(await hooked.Twilio.PostAsync($"{service}/Conversations",
            ("FriendlyName", secret), ("UniqueName", secret), ("Attributes", $"\"{secret}\""), ("Bindings.Email.Address", $"{secret}@example.com"), ("Bindings.Email.Name", secret))).Created()["sid"]}";
        (await twilio.PostAsync($"{conversation}/Webhooks",
            ("Target", "webhook"), ("Configuration.Url", hooked.Receiver.Url($"/{secret}")), ("Configuration.Filters", "onParticipantAdded"), ("Configuration.Filters", "onConversationRemoved"))).Created();
        var chat = await hooked.Twilio.PostAsync($"{conversation}/Participants", ("Identity", secret), ("Attributes", $"\"{secret}\""));
        (await hooked.Twilio.PostAsync($"{service}/Users/{secret}", ("FriendlyName", secret), ("Attributes", $"\"{secret}\""))).Ok();
        var sms = await hooked.Twilio.PostAsync($"{conversation}/Participants",
            ("MessagingBinding.Address", phone), ("MessagingBinding.ProxyAddress", "+15017122661"), ("Attributes", $"\"{secret}\""));
        var email = await hooked.Twilio.PostAsync($"{conversation}/Participants", ("MessagingBinding.Address", $"{secret}@example.com"), ("MessagingBinding.Name", secret));

        await DeleteAsync(deleted switch
        {
            "participant by SID" => [.. new[] { chat, sms, email }.Select(participant => $"{conversation}/Participants/{participant.Created()["sid"]}")],
            "user" => [$"{service}/Users/{secret}"],
            "conversation" => [conversation],
            _ => [service],
        });
        await Hooked.EmptyAsync(twilio);

        var (named, reached) = (await Rows.WithAsync(twilio.Server, secret), await Rows.WithAsync(twilio.Server, phone));
        string[] tablesLeft = deleted switch
        {
            // Their user is a resource of its own, and so are the conversation and the settings.
            "participant by SID" => ["conversation_webhooks", "conversations", "users", "webhook_settings"],
            "user" => ["conversation_webhooks", "conversations", "participants", "webhook_settings"],
            "conversation" => ["users", "webhook_settings"],
            _ => [],
        };
        Assert.Equal(tablesLeft, named.Select(row => row.Split(':')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(deleted == "user" ? ["participants"] : [], reached.Select(row => row.Split(':')[0]).Distinct());
        Assert.DoesNotContain(await Rows.WithAsync(twilio.Server, twilio.AccountSid), row => row.StartsWith("webhook_deliveries", StringComparison.Ordinal));
        if (deleted == "user")
        {
            Assert.DoesNotContain(named, row => row.Contains($"identity={secret}", StringComparison.Ordinal));
        }

        async Task DeleteAsync(string[] paths)
        {
            foreach (var path in paths)
            {
                (await hooked.Twilio.DeleteAsync(path)).NoContent();
            }
        }
    }

    [Theory, OnEachStore]
    public async Task Settings_written_while_their_service_is_deleted_do_not_outlive_it(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 10; round++)
        {
            var service = await twilio.NewServiceAsync();
            await Task.WhenAll(
                [twilio.DeleteAsync($"/v1/Services/{service}"), .. Enumerable.Range(0, 4).Select(_ => twilio.PostAsync($"/v1/Services/{service}/Configuration/Webhooks", ("PostWebhookUrl", "http://receiver.invalid/")))]);

            Assert.Empty(await Rows.WithAsync(twilio.Server, service));
        }
    }
}
