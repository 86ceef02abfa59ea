namespace Conversations.Api.Control;

/// <summary>How many events there are after a settling.</summary>
/// <param name="Waiting">They have failed and wait for a next try.</param>
/// <param name="DeadLettered">They have failed at their last try.</param>
public sealed record SettledResource(int Waiting, int DeadLettered);

/// <summary>How many events are sent again.</summary>
public sealed record ResentResource(int Resent);
