using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// An account whose events all go to a receiver: pre-action events to its path /pre, post-action events to /post.
/// </summary>
internal sealed class Hooked : IAsyncDisposable
{
    public static readonly string[] AllEvents =
    [
        "onConversationAdd",
        "onConversationAdded",
        "onConversationUpdate",
        "onConversationUpdated",
        "onConversationRemove",
        "onConversationRemoved",
        "onConversationStateUpdated",
        "onParticipantAdd",
        "onParticipantAdded",
        "onParticipantUpdate",
        "onParticipantUpdated",
        "onParticipantRemove",
        "onParticipantRemoved",
        "onMessageAdd",
        "onMessageAdded",
        "onMessageUpdate",
        "onMessageUpdated",
        "onMessageRemove",
        "onMessageRemoved",
        "onDeliveryUpdated",
        "onUserAdded",
        "onUserUpdate",
        "onUserUpdated",
    ];

    private Hooked(Twilio plain, WebhookReceiver receiver) =>
        (Plain, Twilio, Receiver) = (plain, plain.WithWebhooks(), receiver);

    /// <summary>The account without the header X-Twilio-Webhook-Enabled.</summary>
    public Twilio Plain { get; }

    /// <summary>The account with that header.</summary>
    public Twilio Twilio { get; }

    public WebhookReceiver Receiver { get; }

    public static async Task<Hooked> NewAsync(Store store, Shape shape = Shape.Default) =>
        await NewAsync(await Twilio.NewAccountAsync(store, shape));

    /// <summary>An account with post-action webhooks only.</summary>
    public static async Task<Hooked> PostOnlyAsync(Store store, Shape shape = Shape.Default) =>
        await NewAsync(await Twilio.NewAccountAsync(store, shape), ("PreWebhookUrl", ""));

    /// <inheritdoc cref="PostOnlyAsync(Store, Shape)"/>
    public static Task<Hooked> PostOnlyAsync(Twilio twilio) => NewAsync(twilio, ("PreWebhookUrl", ""));

    /// <param name="settings">Parameters of /v1/Configuration/Webhooks that replace the defaults.</param>
    public static async Task<Hooked> NewAsync(Twilio twilio, params (string Name, string Value)[] settings) =>
        await NewAsync(twilio, await WebhookReceiver.StartAsync(), settings);

    public static async Task<Hooked> NewAsync(
        Twilio twilio,
        WebhookReceiver receiver,
        params (string Name, string Value)[] settings
    )
    {
        (
            await twilio.PostAsync(
                "/v1/Configuration/Webhooks",
                [
                    ("PreWebhookUrl", receiver.Url("/pre")),
                    ("PostWebhookUrl", receiver.Url("/post")),
                    .. AllEvents.Select(name => ("Filters", name)),
                    .. settings,
                ]
            )
        ).Ok();
        return new(twilio, receiver);
    }

    /// <summary>Creates a webhook of the conversation and returns its SID.</summary>
    public async Task<string> NewWebhookAsync(string conversation, string path, params string[] filters) =>
        (
            await Plain.PostAsync(
                $"Conversations/{conversation}/Webhooks",
                [
                    ("Target", "webhook"),
                    ("Configuration.Url", Receiver.Url(path)),
                    .. filters.Select(name => ("Configuration.Filters", name)),
                ]
            )
        ).Created()["sid"];

    /// <summary>Waits for the event and fails unless it has exactly these parameters besides the common ones.</summary>
    /// <param name="fields">Null means that the parameter must be absent; * stands for a current date.</param>
    public async Task ToldAsync(string eventType, params (string Name, string? Value)[] fields)
    {
        var isPost = eventType.EndsWith("ed", StringComparison.Ordinal);
        var request = (
            await Receiver.GotAsync(1, r => r["EventType"] == eventType && r.Target == (isPost ? "/post" : "/pre"))
        )[0];
        (string Name, string? Value)[] expected =
        [
            ("AccountSid", Twilio.AccountSid),
            ("ChatServiceSid", Twilio.ChatServiceSid),
            ("EventType", eventType),
            ("Source", eventType is "onConversationStateUpdated" or "onDeliveryUpdated" ? null : "API"),
            ("RetryCount", "0"),
            .. fields,
        ];
        var actual = request.Text;
        foreach (var name in fields.Where(field => field.Value == "*").Select(field => field.Name))
        {
            var date = DateTimeOffset.Parse(request[name]!, CultureInfo.InvariantCulture);
            Assert.InRange(date, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(1));
            actual = actual.Replace($"{name}={date:yyyy-MM-dd'T'HH:mm:ss}~Z", $"{name}=*", StringComparison.Ordinal);
        }

        Assert.Equal(
            string.Join(
                '\n',
                expected
                    .Where(field => field.Value is not null)
                    .Select(field => $"{field.Name}={field.Value}")
                    .Order(StringComparer.Ordinal)
            ),
            actual
        );
        Assert.Equal("POST", request.Method);
        Assert.Equal("application/x-www-form-urlencoded", request.Headers["Content-Type"]);
    }

    /// <summary>The received events, sorted, after the outbox of the account is empty.</summary>
    public async Task<string[]> EventsAsync()
    {
        await EmptyAsync(Twilio);
        return [.. Receiver.Requests.Select(request => request["EventType"]!).Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until the outbox of the account is empty.</summary>
    public static async Task EmptyAsync(Twilio twilio)
    {
        using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
        while ((await OutboxAsync(twilio)).Count > 0)
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>The outbox of the account.</summary>
    public static async Task<List<WebhookDelivery>> OutboxAsync(Twilio twilio)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Set<WebhookDelivery>()
            .Where(d => d.AccountSid == twilio.AccountSid)
            .OrderBy(d => d.Id)
            .ToListAsync();
    }

    public ValueTask DisposeAsync() => Receiver.DisposeAsync();
}
