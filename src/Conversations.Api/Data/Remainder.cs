namespace Conversations.Api.Data;

/// <summary>
/// What is left of deleted rows of one type that had too much for one transaction. No request sees any of it.
/// <see cref="Purger"/> deletes it.
/// </summary>
/// <param name="PurgeAsync">Deletes a batch. False when nothing is left.</param>
public sealed record Remainder(Func<ConversationsDbContext, CancellationToken, Task<bool>> PurgeAsync);
