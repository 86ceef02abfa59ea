using Conversations.Api.Data;

namespace Conversations.Api.Receipts;

/// <summary>
/// Makes the due steps of deliveries. Every process has one worker; they share the work through
/// <see cref="DeliverySteps"/>.
/// </summary>
public sealed class DeliveryWorker(
    IServiceScopeFactory scopes,
    WorkSignal<DeliveryWorker> signal,
    DeliveryOptions options,
    AccountClocks clocks,
    IHostApplicationLifetime lifetime,
    ILogger<DeliveryWorker> logger
) : BackgroundWorker("The delivery of messages", lifetime, logger)
{
    // Most connections stay free for requests.
    private const int MaxWriters = 4;

    private TimeSpan StepPause => TimeSpan.FromSeconds(Math.Min(options.StepSeconds, Pause.TotalSeconds));

    // After a signal or a step, the next step follows one pause later.
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = await StepAsync(accountSid: null, cancellationToken);
        foreach (var account in clocks.InUse)
        {
            count = Math.Max(count, await StepAsync(account, cancellationToken));
        }

        if (count == 0)
        {
            await signal.WaitAsync(Pause, cancellationToken);
        }

        if (count < DeliverySteps.BatchSize)
        {
            await Task.Delay(StepPause, cancellationToken);
        }
    }

    // In random order, so that the workers of several servers do not wait for each other's rows.
    private async Task<int> StepAsync(string? accountSid, CancellationToken cancellationToken)
    {
        string[] due = [.. await DueAsync(accountSid, cancellationToken)];
        Random.Shared.Shuffle(due);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = MaxWriters, CancellationToken = cancellationToken },
            async (message, token) =>
            {
                await using var scope = scopes.CreateAccountScope(accountSid);
                await scope.ServiceProvider.GetRequiredService<DeliverySteps>().StepAsync(message, token);
            }
        );
        return due.Length;
    }

    private async Task<IReadOnlyList<string>> DueAsync(string? accountSid, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAccountScope(accountSid);
        return await scope.ServiceProvider.GetRequiredService<DeliverySteps>().DueAsync(accountSid, cancellationToken);
    }
}
