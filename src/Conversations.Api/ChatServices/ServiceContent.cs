using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>
/// A type of rows that are deleted with their chat service. Many rows are deleted in batches, see
/// <see cref="DeletedServices"/>.
/// </summary>
/// <param name="AreManyAsync">Whether the service with the SID has more of them than a batch.</param>
/// <param name="DeleteAsync">Deletes one batch of them and returns its number.</param>
public sealed record ServiceContent(
    Func<ConversationsDbContext, string, CancellationToken, Task<bool>> AreManyAsync,
    Func<ConversationsDbContext, string, CancellationToken, Task<int>> DeleteAsync
)
{
    public static ServiceContent Of<T>()
        where T : ServiceResource =>
        new(
            (db, service, cancellationToken) =>
                db.Set<T>()
                    .Where(row => row.ChatServiceSid == service)
                    .OrderBy(row => row.Sid)
                    .Skip(ConversationsDbContext.BatchSize)
                    .AnyAsync(cancellationToken),
            (db, service, cancellationToken) =>
                db.Set<T>()
                    .Where(row => row.ChatServiceSid == service)
                    .OrderBy(row => row.Sid)
                    .Take(ConversationsDbContext.BatchSize)
                    .ExecuteDeleteAsync(cancellationToken)
        );
}
