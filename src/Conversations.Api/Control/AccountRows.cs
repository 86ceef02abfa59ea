using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Configuration;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>All rows of an account.</summary>
public sealed class AccountRows(
    ConversationsDbContext db,
    AccountSetup setup,
    AccountClock clock,
    AccountClocks clocks,
    IEnumerable<ServiceContent> contents
)
{
    // An import that other requests disturb begins again. A SID that another account has stays a conflict.
    private const int MaxAttempts = 10;

    /// <summary>
    /// Makes the account as it was when it was new, in one transaction, without rules of faults. Its clock is real time
    /// again, and the SIDs of its seed begin anew. Its checkpoints stay.
    /// </summary>
    public async Task ResetAsync(AccountOptions account, CancellationToken cancellationToken)
    {
        clock.Set((MovedClock?)null);
        await db.InTransactionAsync(
            async () =>
            {
                var token = await ClearAsync(account.Sid, cancellationToken);
                if (await Seeds.RestartAsync(db, account.Sid, cancellationToken) is { } sids)
                {
                    clock.Set(sids);
                    clock.Set(Seeds.FirstClock);
                }

                setup.Add(account, token);
                await db.Set<FaultRule>().Where(r => r.AccountSid == account.Sid).ExecuteDeleteAsync(cancellationToken);
                return await db.Set<StoredClock>()
                    .Where(c => c.AccountSid == account.Sid)
                    .ExecuteDeleteAsync(cancellationToken);
            },
            cancellationToken
        );
        clocks.Set(account.Sid, clock: null);
    }

    /// <summary>The rows as a document, see <see cref="AccountDocument"/>.</summary>
    public Task<byte[]> ExportAsync(string accountSid, CancellationToken cancellationToken) =>
        db.InSnapshotAsync(
            async () =>
            {
                await RequireAsync(accountSid, cancellationToken);
                List<(IEntityType, List<object>)> tables = [];
                foreach (var table in AccountDocument.TablesOf(db.Model))
                {
                    tables.Add((table, await AccountTables.ReadAsync(db, table, accountSid, cancellationToken)));
                }

                List<object> rows = [.. tables.SelectMany(table => table.Item2)];
                await DeletedRoles.ShowAsync(db, [.. rows.OfType<IHasRole>()], cancellationToken);
                CountShown(rows);
                return AccountDocument.Write(accountSid, tables);
            },
            cancellationToken
        );

    // The row of a closed conversation also counts the participants that a deleted user has left.
    private static void CountShown(IReadOnlyList<object> rows)
    {
        var members = rows.OfType<Participant>().ToLookup(p => p.ConversationSid);
        foreach (var closed in rows.OfType<Conversation>().Where(c => c.IsClosed))
        {
            closed.ParticipantCount = members[closed.Sid].Count();
            closed.GroupCount = members[closed.Sid].Count(p => p.IsInGroup);
        }
    }

    /// <summary>Replaces the rows by those of a document, in one transaction. The account's checkpoints stay.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="ControlException">
    /// 400: the document is wrong; the message names the line. 409: another account has one of its SIDs.
    /// </exception>
    public async Task<int> ImportAsync(AccountOptions account, byte[] document, CancellationToken cancellationToken)
    {
        var rows = AccountDocument.Read(db.Model, document);
        new ImportDefaults(account, clock, db.Model, rows).Apply();
        ImportCheck.Check(rows);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await db.TryInTransactionAsync(InsertAsync, cancellationToken))
            {
                return rows.Count;
            }
        }

        throw new ControlException(
            StatusCodes.Status409Conflict,
            "Another account of the database has a SID of the document, and the parameter sids=new gives new ones; or "
                + "other requests changed the account at the same time."
        );

        async Task InsertAsync()
        {
            var token = await ClearAsync(account.Sid, cancellationToken);
            rows.Select(row => row.Entity).OfType<Account>().Single().AuthToken = token;
            foreach (var table in AccountDocument.TablesOf(db.Model))
            {
                var own = rows.Where(row => row.Type == table).Select(row => row.Entity).ToList();
                await AccountTables.InsertAsync(db, table, own, cancellationToken);
            }

            var made = rows.Select(row => row.Entity).OfType<Resource>().Select(row => row.Sid);
            await Seeds.ContinueAfterAsync(db, account.Sid, made, cancellationToken);
        }
    }

    /// <summary>Deletes the account and its rows. Most of many rows are deleted in batches before it.</summary>
    public async Task DeleteAsync(string accountSid, HttpContext context, CancellationToken cancellationToken)
    {
        var all = $"SELECT * FROM chat_services WHERE account_sid = {{0}} OR ({DeletedServices.OfAccount})";
        var services = await db.Set<ChatService>()
            .FromSqlRaw(all, accountSid)
            .Select(s => s.Sid)
            .ToListAsync(cancellationToken);
        foreach (var (service, content) in services.SelectMany(sid => contents.Select(content => (sid, content))))
        {
            if (await content.AreManyAsync(db, service, cancellationToken))
            {
                await db.InBatchesAsync(
                    () => content.DeleteAsync(db, service, cancellationToken),
                    () => context.Features.Get<RequestTimer>()?.Start(),
                    cancellationToken
                );
            }
        }

        await db.InTransactionAsync(
            async () =>
            {
                await ClearAsync(accountSid, cancellationToken);
                await DeleteAsync(AccountTables.Of(db.Model), accountSid, cancellationToken);
                return true;
            },
            cancellationToken
        );
        clocks.Set(accountSid, clock: null);
    }

    // Deletes the account's state, and returns the account's token. Children come first: a set of rows is
    // deleted by one statement, and not row by row with each parent.
    private async Task<string?> ClearAsync(string accountSid, CancellationToken cancellationToken)
    {
        var account = await RequireAsync(accountSid, cancellationToken);
        await LockAsync(accountSid, cancellationToken);
        var deleted = $"DELETE FROM chat_services WHERE {DeletedServices.OfAccount}";
        await db.Database.ExecuteSqlRawAsync(deleted, [accountSid], cancellationToken);
        await DeleteAsync(AccountTables.StateOf(db.Model), accountSid, cancellationToken);
        return account.AuthToken;
    }

    private async Task DeleteAsync(
        IEnumerable<IEntityType> tables,
        string accountSid,
        CancellationToken cancellationToken
    )
    {
        foreach (var table in tables.Reverse())
        {
            var sql = $"DELETE FROM {table.GetTableName()} WHERE {AccountTables.Condition(table)}";
            await db.Database.ExecuteSqlRawAsync(sql, [accountSid], cancellationToken);
        }
    }

    // The locks that other writes begin with, in their order. So no row is added after this, and there is no deadlock.
    // A new conversation or user begins with its account and service; a write below a conversation with the service, if
    // it takes a default from it, and then the conversation; a step of a delivery with its message.
    private async Task LockAsync(string accountSid, CancellationToken cancellationToken)
    {
        const string IsOnItsWay =
            "EXISTS (SELECT 1 FROM receipts r WHERE r.message_sid = messages.sid AND r.next_step IS NOT NULL)";
        foreach (var type in new[] { typeof(Account), typeof(ChatService), typeof(Conversation), typeof(Message) })
        {
            var keys = AccountTables.Keys(db.Model.FindEntityType(type)!);
            var some = type == typeof(Message) ? $" AND {IsOnItsWay}" : "";
            var sql = $"{keys}{some} ORDER BY sid{db.LockForUpdate}";
            await db.Database.ExecuteSqlRawAsync(sql, [accountSid], cancellationToken);
        }
    }

    // Another server may have deleted the account while this one still accepts its credentials.
    private async Task<Account> RequireAsync(string accountSid, CancellationToken cancellationToken) =>
        await db.Set<Account>().SingleOrDefaultAsync(a => a.Sid == accountSid, cancellationToken)
        ?? throw new ControlException(StatusCodes.Status404NotFound, "The account is deleted.");
}
