using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Roles;

/// <summary>
/// The deletion of a role that has too many holders for one transaction. All of them get the default role at the same
/// time:
/// <list type="number">
/// <item>Batches give the holders a stand-in for the role: a row of the same table that no request finds. Whoever reads
/// a holder still sees the role (<see cref="ReadAsync"/>).</item>
/// <item>One transaction deletes the role, and stores its replacement in the stand-in. From now on the holders have the
/// replacement.</item>
/// <item>Batches give them the replacement itself. Then the stand-in is deleted (<see cref="Purger"/>).</item>
/// </list>
/// When the first step is interrupted, nothing has changed, and the next deletion continues it.
/// </summary>
public static class DeletedRoles
{
    // A role's SID begins with RL.
    private const string StandInPrefix = "rl";

    /// <summary>The holders of the roles that are deleted.</summary>
    public static Remainder RemainderOf(IEnumerable<RoleHolder> holders) =>
        new((db, cancellationToken) => PurgeAsync(db, [.. holders], cancellationToken));

    /// <summary>The SID of a role's stand-in.</summary>
    public static string StandInOf(string roleSid) => StandInPrefix + roleSid[StandInPrefix.Length..];

    /// <summary>Adds the stand-in of a role, if it is missing. The caller saves it.</summary>
    public static async Task AddStandInAsync(
        this ConversationsDbContext db,
        Role role,
        CancellationToken cancellationToken
    )
    {
        var standIn = new Role
        {
            Sid = StandInOf(role.Sid),
            AccountSid = Resource.NoAccount,
            ChatServiceSid = role.ChatServiceSid,
            FriendlyName = role.FriendlyName,
            Type = role.Type,
            Permissions = role.Permissions,
            DateCreated = role.DateCreated,
            DateUpdated = role.DateUpdated,
        };
        if (!await db.Set<Role>().AnyAsync(r => r.Sid == standIn.Sid, cancellationToken))
        {
            db.Add(standIn);
        }
    }

    /// <summary>
    /// Gives another role to the holders of the role's stand-in, and to those of earlier stand-ins that the role
    /// replaces.
    /// </summary>
    public static Task<int> ReplaceAsync(
        this ConversationsDbContext db,
        Role role,
        string replacement,
        CancellationToken cancellationToken
    )
    {
        var standIn = StandInOf(role.Sid);
        return db.Set<Role>()
            .Where(r => r.ChatServiceSid == role.ChatServiceSid && r.AccountSid == Resource.NoAccount)
            .Where(r => r.Sid == standIn || r.ReplacedBy == role.Sid)
            .ExecuteUpdateAsync(r => r.SetProperty(s => s.ReplacedBy, replacement), cancellationToken);
    }

    /// <summary>
    /// Reads rows, and shows the role of each one that has a stand-in. Without such rows the read is all it does.
    /// </summary>
    /// <param name="read">A query. It is repeated in a snapshot if there is such a row.</param>
    /// <param name="rowsOf">The rows in its result. A tracked row gets its role as a change.</param>
    public static async Task<T> ReadAsync<T>(
        ConversationsDbContext db,
        Func<Task<T>> read,
        Func<T, IEnumerable<IHasRole>> rowsOf,
        CancellationToken cancellationToken
    )
    {
        var result = await read();
        if (!rowsOf(result).Any(HasStandIn))
        {
            return result;
        }

        return db.IsInSnapshot ? await ReadAgainAsync() : await db.InSnapshotAsync(ReadAgainAsync, cancellationToken);

        async Task<T> ReadAgainAsync()
        {
            // A tracked row would stay as the first read has found it.
            db.ChangeTracker.Clear();
            var again = await read();
            await ShowAsync(db, [.. rowsOf(again)], cancellationToken);
            return again;
        }
    }

    /// <summary>Shows the role of each row that has a stand-in.</summary>
    /// <param name="rows">Rows that the same transaction has read.</param>
    public static async Task ShowAsync(
        ConversationsDbContext db,
        IReadOnlyList<IHasRole> rows,
        CancellationToken cancellationToken
    )
    {
        string[] sids = [.. rows.Where(HasStandIn).Select(row => row.RoleSid).Distinct()];
        if (sids is [])
        {
            return;
        }

        var replacements = await db.Set<Role>()
            .Where(r => sids.Contains(r.Sid))
            .ToDictionaryAsync(r => r.Sid, r => r.ReplacedBy, cancellationToken);
        foreach (var row in rows.Where(HasStandIn))
        {
            row.RoleSid = replacements[row.RoleSid] ?? Role.SidPrefix + row.RoleSid[StandInPrefix.Length..];
        }
    }

    private static bool HasStandIn(IHasRole row) => row.RoleSid.StartsWith(StandInPrefix, StringComparison.Ordinal);

    private static async Task<bool> PurgeAsync(
        ConversationsDbContext db,
        IReadOnlyList<RoleHolder> holders,
        CancellationToken cancellationToken
    )
    {
        var standIns = db.Set<Role>().Where(r => r.AccountSid == Resource.NoAccount && r.ReplacedBy != null);
        return await standIns.AnyAsync(cancellationToken)
            && await db.InTransactionAsync(
                async () =>
                    await standIns.FirstOrDefaultAsync(cancellationToken) is { } standIn
                    && await PurgeAsync(db, standIn, holders, cancellationToken),
                cancellationToken
            );
    }

    private static async Task<bool> PurgeAsync(
        ConversationsDbContext db,
        Role standIn,
        IReadOnlyList<RoleHolder> holders,
        CancellationToken cancellationToken
    )
    {
        var replaced = 0;
        foreach (var holder in holders)
        {
            replaced += await holder.ReplaceAsync(
                db,
                standIn.Sid,
                standIn.ReplacedBy!,
                ConversationsDbContext.BatchSize,
                cancellationToken
            );
        }

        if (replaced == 0)
        {
            await db.Set<Role>().Where(r => r.Sid == standIn.Sid).ExecuteDeleteAsync(cancellationToken);
        }

        return true;
    }
}
