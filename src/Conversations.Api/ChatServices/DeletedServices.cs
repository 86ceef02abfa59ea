using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>
/// Chat services that are deleted, but still have rows: too many for one transaction. Their own row belongs to no
/// account any more, so no request finds them by a path. What looks for rows of all services leaves theirs out
/// (<see cref="Accounts.ServiceRows.Live"/>). The batches here delete them.
/// </summary>
public static class DeletedServices
{
    /// <summary>
    /// The SQL condition for the deleted services of the account {0}. Their rows do not name the account any more, but
    /// the rows of their roles do.
    /// </summary>
    public const string OfAccount = """
        account_sid = ''
        AND EXISTS (SELECT 1 FROM roles AS r WHERE r.chat_service_sid = chat_services.sid AND r.account_sid = {0})
        """;

    /// <summary>What is left of them.</summary>
    public static Remainder RemainderOf(IEnumerable<ServiceContent> contents) =>
        new((db, cancellationToken) => PurgeAsync(db, [.. contents], cancellationToken));

    /// <summary>Takes the service out of its account, with its webhook settings.</summary>
    /// <exception cref="WriteConflictException">The service is deleted or hidden already.</exception>
    /// <exception cref="System.Data.Common.DbException">It is the default service of the account.</exception>
    public static async Task HideAsync(
        this ConversationsDbContext db,
        ChatService service,
        CancellationToken cancellationToken
    )
    {
        WriteConflictException.ThrowIf(
            await db.Set<ChatService>()
                .Where(s => s.Sid == service.Sid && s.AccountSid == service.AccountSid)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.AccountSid, Resource.NoAccount), cancellationToken) == 0
        );
        await db.Set<WebhookSettings>().Where(s => s.OwnerSid == service.Sid).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<bool> PurgeAsync(
        ConversationsDbContext db,
        IReadOnlyList<ServiceContent> contents,
        CancellationToken cancellationToken
    )
    {
        var hidden = await db.Set<ChatService>()
            .Where(s => s.AccountSid == Resource.NoAccount)
            .Select(s => s.Sid)
            .FirstOrDefaultAsync(cancellationToken);
        if (hidden is null)
        {
            return false;
        }

        foreach (var content in contents)
        {
            if (
                await db.InTransactionAsync(() => content.DeleteAsync(db, hidden, cancellationToken), cancellationToken)
                > 0
            )
            {
                return true;
            }
        }

        await db.InTransactionAsync(
            () => db.Set<ChatService>().Where(s => s.Sid == hidden).ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );
        return true;
    }
}
