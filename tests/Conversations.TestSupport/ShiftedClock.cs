namespace Conversations.TestSupport;

/// <summary>A clock that differs from the machine's. It runs as fast.</summary>
public sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
