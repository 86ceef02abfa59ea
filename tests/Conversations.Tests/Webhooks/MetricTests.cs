using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Webhooks;

public sealed class MetricTests
{
    [Fact]
    public async Task The_meter_counts_deliveries_and_failures_and_shows_the_queue_and_its_age()
    {
        using var server = TestServer.With();
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        await using var hooks = await Hooked.NewAsync(await Twilio.NewAccountAsync(server), ("PreWebhookUrl", ""));
        ConcurrentDictionary<string, double> seen = new();
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == WebhookMetrics.MeterName && instrument.Meter.Scope == factory)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, before) => before + value)
        );
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();

        hooks.Receiver.AnswerWith(500);
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.Twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        (await hooks.Twilio.PostAsync($"Conversations/{conversation}")).Ok();
        await hooks.Receiver.GotAsync(1);

        await UntilAsync(() =>
            seen.GetValueOrDefault("webhooks.waiting") == 2
            && seen["webhooks.oldest"] > 0
            && seen.GetValueOrDefault("webhooks.failed") > 0
        );
        Assert.False(seen.ContainsKey("webhooks.sent"));
        hooks.Receiver.AnswerWith(200);
        await UntilAsync(() => seen.GetValueOrDefault("webhooks.sent") == 2);

        // Each repetition follows a failed attempt.
        Assert.Equal(hooks.Receiver.Requests.Count(request => request["RetryCount"] != "0"), seen["webhooks.failed"]);

        async Task UntilAsync(Func<bool> condition)
        {
            using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
            for (listener.RecordObservableInstruments(); !condition(); listener.RecordObservableInstruments())
            {
                await Task.Delay(50, timeout.Token);
            }
        }
    }
}
