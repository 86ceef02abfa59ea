namespace Conversations.Api.Data;

/// <summary>The clock of an account that differs from real time.</summary>
/// <param name="Frozen">The time at which it stands; null while it runs.</param>
/// <param name="Offset">How far it is ahead of real time while it runs.</param>
public sealed record MovedClock(DateTime? Frozen, TimeSpan Offset)
{
    public static MovedClock At(DateTime frozen) => new(frozen, TimeSpan.Zero);

    /// <param name="real">The real time.</param>
    public DateTimeOffset At(DateTimeOffset real) => Frozen is { } frozen ? new(frozen) : real + Offset;
}
