namespace Conversations.Tests.Security;

/// <summary>An account with a row of every kind, in its default chat service and in another one.</summary>
internal sealed class Tenant
{
    private Tenant(Twilio twilio, IReadOnlyDictionary<string, string> sids, string otherService, string name)
    {
        (Twilio, Sids, OtherService) = (twilio, sids, otherService);
        Names = new Dictionary<string, string> { ["CH"] = $"lobby-of-{name}", ["MB"] = $"alice-of-{name}", ["US"] = $"alice-of-{name}" };
    }

    public Twilio Twilio { get; }

    /// <summary>A row of each kind, by the prefix of its SID; all hang together.</summary>
    public IReadOnlyDictionary<string, string> Sids { get; }

    /// <summary>The SID of the service that is not the default one.</summary>
    public string OtherService { get; }

    /// <summary>The names of those that have one.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    public static async Task<Tenant> NewAsync(Twilio twilio, string name)
    {
        Dictionary<string, string> sids = new() { ["IS"] = twilio.ChatServiceSid };
        sids["CH"] = await NewConversationAsync(twilio, name);
        sids["RL"] = await twilio.NewRoleAsync("conversation");
        sids["MB"] = await twilio.NewParticipantAsync(sids["CH"], ("Identity", $"alice-of-{name}"), ("Attributes", $$"""{"of":"{{name}}"}"""), ("RoleSid", sids["RL"]));
        sids["US"] = (await twilio.GetAsync($"Users/alice-of-{name}")).Ok()["sid"];
        sids["WH"] = (await twilio.PostAsync(
            $"Conversations/{sids["CH"]}/Webhooks", ("Target", "webhook"), ("Configuration.Url", $"http://{name}.invalid/"), ("Configuration.Filters", "onParticipantRemoved"))).Created()["sid"];
        await twilio.NewParticipantAsync(sids["CH"], ("MessagingBinding.Address", "+15550000001"), ("MessagingBinding.ProxyAddress", "+15550000002"));

        var service = await twilio.NewServiceAsync();
        var inService = (await twilio.PostAsync($"/v1/Services/{service}/Conversations", ("UniqueName", $"lobby-of-{name}"))).Created()["sid"];
        (await twilio.PostAsync($"/v1/Services/{service}/Conversations/{inService}/Participants", ("Identity", $"alice-of-{name}"))).Created();
        foreach (var settings in new[] { "/v1/Configuration/Webhooks", $"/v1/Services/{sids["IS"]}/Configuration/Webhooks", $"/v1/Services/{service}/Configuration/Webhooks" })
        {
            (await twilio.PostAsync(settings, ("PostWebhookUrl", $"http://{name}.invalid/"), ("Filters", "onParticipantUpdated"))).Ok();
        }

        return new(twilio, sids, service, name);
    }

    private static Task<string> NewConversationAsync(Twilio twilio, string name)
        => twilio.NewConversationAsync(("UniqueName", $"lobby-of-{name}"), ("FriendlyName", $"Lobby of {name}"), ("Attributes", $$"""{"of":"{{name}}"}"""));
}
