using Conversations.Api.Data;

namespace Conversations.Api.Control;

/// <summary>Tells <see cref="FaultRules"/> of the rules that other servers of the database have added.</summary>
public sealed class FaultWorker(FaultRules rules, IHostApplicationLifetime lifetime, ILogger<FaultWorker> logger)
    : BackgroundWorker("The reading of rules of faults", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await rules.RefreshAsync(cancellationToken);
        await Task.Delay(Pause, cancellationToken);
    }
}
