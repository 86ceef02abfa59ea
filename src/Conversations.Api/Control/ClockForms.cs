namespace Conversations.Api.Control;

/// <summary>Stops the clock.</summary>
/// <param name="At">The time at which it stands; null for the account's time.</param>
public sealed record FreezeForm(DateTimeOffset? At);

/// <summary>Moves the clock forward: by a duration, or to a date.</summary>
/// <param name="By">An ISO 8601 duration: P10D, PT5M.</param>
public sealed record AdvanceForm(string? By, DateTimeOffset? To);

/// <summary>Lets the clock run.</summary>
/// <param name="Reset">Whether it goes back to real time.</param>
public sealed record RunForm(bool Reset);
