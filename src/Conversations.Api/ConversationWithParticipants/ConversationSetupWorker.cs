using Conversations.Api.Data;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// Adds the participants of new conversations. Every process has one worker; they share the work through
/// <see cref="ConversationSetups"/>.
/// </summary>
public sealed partial class ConversationSetupWorker(
    IServiceScopeFactory scopes,
    WorkSignal<ConversationSetupWorker> signal,
    IHostApplicationLifetime lifetime,
    ILogger<ConversationSetupWorker> logger
) : BackgroundWorker("Adding participants to new conversations", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await RunDueAsync(cancellationToken) == 0)
        {
            await signal.WaitAsync(Pause, cancellationToken);
        }
    }

    private async Task<int> RunDueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var setups = scope.ServiceProvider.GetRequiredService<ConversationSetups>();
        var claimed = await setups.ClaimAsync(cancellationToken);
        await Task.WhenAll(claimed.Select(setup => RunAsync(setup, cancellationToken)));
        return claimed.Count;
    }

    private async Task RunAsync(ConversationSetup setup, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAccountScope(setup.AccountSid);
            var setups = scope.ServiceProvider.GetRequiredService<ConversationSetups>();
            if (
                setup.Attempts > ConversationSetups.MaxAttempts
                || !await setups.TryFinishAsync(setup, cancellationToken)
            )
            {
                await setups.CloseAsync(setup, cancellationToken);
                LogClosed(setup.ConversationSid);
            }
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested && !Database.IsUnavailable(exception))
        {
            LogAttempt(exception, setup.ConversationSid, setup.Attempts); // The claim expires, and it is tried again.
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "50427: errors occurred during multiple participants creation; {ConversationSid} is closed"
    )]
    private partial void LogClosed(string conversationSid);

    [LoggerMessage(LogLevel.Warning, "The participants of {ConversationSid} could not be added, attempt {Attempt}")]
    private partial void LogAttempt(Exception exception, string conversationSid, int attempt);
}
