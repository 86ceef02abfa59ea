namespace Conversations.Api.Data;

/// <summary>
/// What is left to do after deletions of one type that were too large for one transaction. No request sees the
/// difference. <see cref="Purger"/> does it.
/// </summary>
/// <param name="PurgeAsync">Deletes or changes a batch of rows. False when nothing is left.</param>
public sealed record Remainder(Func<ConversationsDbContext, CancellationToken, Task<bool>> PurgeAsync);
