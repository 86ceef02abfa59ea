using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Wire;

namespace Conversations.Api.Receipts;

/// <summary>Reads the receipts of messages. <see cref="Deliveries"/> writes them.</summary>
public sealed class ReceiptService(ConversationsDbContext db, ReceiptQueries queries, RequestScope scope)
{
    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public async Task<Receipt> FetchAsync(
        string conversation,
        string message,
        string sid,
        CancellationToken cancellationToken
    ) =>
        await queries.FetchAsync(db, scope.Path(conversation), message, sid, cancellationToken)
        ?? throw scope.NotFound();

    public Task<Page<Receipt>> ListAsync(
        string conversation,
        string message,
        ReceiptQuery query,
        CancellationToken cancellationToken
    ) => scope.PageAsync(queries.List, scope.Path(conversation), query, message, cancellationToken);
}
