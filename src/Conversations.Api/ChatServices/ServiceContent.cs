using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>
/// A type of rows that are deleted with their chat service. Of many rows, most are deleted in batches, before the
/// service.
/// </summary>
/// <param name="Rows">The rows of the service with the SID.</param>
/// <param name="DeleteAsync">Deletes one batch of them and returns its number.</param>
public sealed record ServiceContent(
    Func<ConversationsDbContext, string, IQueryable<ServiceResource>> Rows,
    Func<ConversationsDbContext, string, CancellationToken, Task<int>> DeleteAsync
)
{
    public static ServiceContent Of<T>()
        where T : ServiceResource =>
        new(
            (db, service) => db.Set<T>().Where(row => row.ChatServiceSid == service),
            (db, service, cancellationToken) =>
                db.Set<T>()
                    .Where(row => row.ChatServiceSid == service)
                    .OrderBy(row => row.Sid)
                    .Take(ConversationsDbContext.BatchSize)
                    .ExecuteDeleteAsync(cancellationToken)
        );
}
