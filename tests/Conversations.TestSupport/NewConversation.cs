using System.Text.Json;

namespace Conversations.TestSupport;

/// <summary>A conversation that is created together with its participants.</summary>
public static class NewConversation
{
    public const string Endpoint = "ConversationWithParticipants";

    /// <summary>The parameter that adds a participant.</summary>
    public static (string Name, string Value) With(string json) => ("Participant", json);

    public static (string Name, string Value) WithIdentity(string identity) =>
        With(JsonSerializer.Serialize(new { identity }));

    public static (string Name, string Value) WithPair(string address, string proxyAddress) =>
        With(JsonSerializer.Serialize(new { messaging_binding = new { address, proxy_address = proxyAddress } }));

    /// <summary>A member of a group text with its own phone number.</summary>
    public static (string Name, string Value) WithAddress(string address) =>
        With(JsonSerializer.Serialize(new { messaging_binding = new { address } }));

    /// <summary>Waits until the conversation is no longer initializing.</summary>
    /// <param name="conversation">Its SID or its URL.</param>
    public static async Task<Answer> ReadyAsync(Twilio twilio, string conversation)
    {
        var path = conversation.StartsWith("http", StringComparison.Ordinal)
            ? conversation
            : $"Conversations/{conversation}";
        using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
        while (true)
        {
            var answer = (await twilio.GetAsync(path)).Ok();
            if (answer["state"] != "initializing")
            {
                return answer;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>Creates the conversation, waits for its participants and returns its SID.</summary>
    public static async Task<string> CreateAsync(Twilio twilio, params (string Name, string Value)[] form)
    {
        var sid = (await twilio.PostAsync(Endpoint, form)).Accepted()["sid"];
        await ReadyAsync(twilio, sid);
        return sid;
    }
}
