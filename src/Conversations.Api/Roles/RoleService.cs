using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Roles;

/// <summary>The rules of roles that need the database.</summary>
public sealed class RoleService(
    ConversationsDbContext db,
    ListQuery<Role> list,
    RequestScope scope,
    Changes changes,
    CreateRoleRules createRules,
    UpdateRoleRules updateRules,
    IEnumerable<RoleHolder> holders,
    WorkSignal<Purger> signal,
    AccountClock clock
)
{
    private const int Batch = ConversationsDbContext.BatchSize;

    /// <summary>The errors of <see cref="UpdateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } = [TwilioErrors.PermissionNotFound];

    /// <summary>The errors of <see cref="DeleteAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> DeleteErrors { get; } = [TwilioErrors.DefaultRoleNotDeletable];

    public Task<Role> CreateAsync(CreateRoleForm form, CancellationToken cancellationToken) =>
        changes.SaveAsync(
            check: async () =>
            {
                var chatServiceSid =
                    await scope.ChatService.Select(s => s.Sid).SingleOrDefaultAsync(cancellationToken)
                    ?? throw scope.NotFound();
                createRules.Check(form);
                var now = clock.Now;
                var role = new Role
                {
                    Sid = clock.NewSid<Role>(),
                    AccountSid = scope.AccountSid,
                    ChatServiceSid = chatServiceSid,
                    FriendlyName = form.FriendlyName!,
                    Type = form.Type!,
                    Permissions = [.. form.Permission!.Distinct()],
                    DateCreated = now,
                    DateUpdated = now,
                };
                return role;
            },
            write: role =>
                db.InsertAsync(
                    role,
                    values =>
                        new Defaults(role.ChatServiceSid)
                        {
                            IsDefaultService = scope.ChatServiceSidInPath is null,
                        }.Condition(db, values),
                    cancellationToken
                ),
            cancellationToken: cancellationToken
        );

    public async Task<Role> FetchAsync(string sid, CancellationToken cancellationToken) =>
        await scope.All<Role>().SingleOrDefaultAsync(r => r.Sid == sid, cancellationToken) ?? throw scope.NotFound();

    public Task<Page<Role>> ListAsync(PageRequest request, CancellationToken cancellationToken) =>
        scope.PageAsync(list, request, cancellationToken: cancellationToken);

    public Task<Role> UpdateAsync(string sid, UpdateRoleForm form, CancellationToken cancellationToken) =>
        changes.SaveAsync(
            check: async () =>
            {
                var role =
                    await scope.All<Role>().AsTracking().SingleOrDefaultAsync(r => r.Sid == sid, cancellationToken)
                    ?? throw scope.NotFound();
                updateRules.Check(form);
                TwilioException.ThrowIf(
                    !form.Permission!.All(permission => RoleType.Allows(role.Type, permission)),
                    TwilioErrors.PermissionNotFound
                );
                var (row, now) = (db.Entry(role), clock.Now);
                row.Write(r => r.Permissions, form.Permission, [.. form.Permission!.Distinct()]);
                row.Write(r => r.DateUpdated, now, now);
                return role;
            },
            cancellationToken: cancellationToken
        );

    /// <summary>
    /// Deletes the role and gives its holders the service's default role. A default role can't be deleted. (Both are
    /// guesses: no recording shows it.)
    /// </summary>
    /// <remarks>Too many holders for one transaction get a stand-in first, see <see cref="DeletedRoles"/>.</remarks>
    public async Task DeleteAsync(string sid, CancellationToken cancellationToken)
    {
        var found = await CheckDeleteAsync(sid, cancellationToken);
        foreach (var holder in holders)
        {
            if (await holder.CountAsync(db, sid, Batch + 1, cancellationToken) > Batch)
            {
                await db.InBatchesAsync(
                    async () =>
                    {
                        // Another request may have deleted the role meanwhile.
                        if (
                            await LockedDefaultsAsync(found, cancellationToken) is null
                            || !await db.Set<Role>().AnyAsync(r => r.Sid == sid, cancellationToken)
                        )
                        {
                            return 0;
                        }

                        await db.AddStandInAsync(found, cancellationToken);
                        await db.SaveChangesAsync(cancellationToken);
                        var standIn = DeletedRoles.StandInOf(sid);
                        return await holder.ReplaceAsync(db, sid, standIn, Batch, cancellationToken);
                    },
                    scope.RestartTimeout,
                    cancellationToken
                );
            }
        }

        await changes.RunAsync(
            check: () => CheckDeleteAsync(sid, cancellationToken),
            write: role => RemoveAsync(role, cancellationToken),
            cancellationToken: cancellationToken
        );
        signal.Signal();
    }

    private async Task<Role> CheckDeleteAsync(string sid, CancellationToken cancellationToken)
    {
        var role = await FetchAsync(sid, cancellationToken);
        var isDefault = await db.Set<ChatService>()
            .AnyAsync(
                s =>
                    s.Sid == role.ChatServiceSid
                    && (
                        s.DefaultConversationCreatorRoleSid == sid
                        || s.DefaultConversationRoleSid == sid
                        || s.DefaultChatServiceRoleSid == sid
                    ),
                cancellationToken
            );
        TwilioException.ThrowIf(isDefault, TwilioErrors.DefaultRoleNotDeletable);
        return role;
    }

    // The service's row is the lock for its default roles: they can't change until the role is deleted. If a
    // participant or user gets the role at the same time, the foreign key reports a conflict, and the next attempt
    // resets that row too. Null when the service is deleted, or when the role has become one of its default roles.
    private async Task<ChatService?> LockedDefaultsAsync(Role role, CancellationToken cancellationToken)
    {
        var service = db.Set<ChatService>()
            .Where(s =>
                s.Sid == role.ChatServiceSid
                && s.DefaultConversationCreatorRoleSid != role.Sid
                && s.DefaultConversationRoleSid != role.Sid
                && s.DefaultChatServiceRoleSid != role.Sid
            );
        var locked = await service.ExecuteUpdateAsync(
            s => s.SetProperty(r => r.ReachabilityEnabled, r => r.ReachabilityEnabled),
            cancellationToken
        );
        return locked == 0 ? null : await service.SingleAsync(cancellationToken);
    }

    private async Task RemoveAsync(Role role, CancellationToken cancellationToken)
    {
        var defaults = await LockedDefaultsAsync(role, cancellationToken) ?? throw new WriteConflictException();

        // A row that gets the role now waits for this lock, and finds the role deleted. Without it, a stream of such
        // rows could let every attempt fail.
        var locked = $"SELECT sid FROM roles WHERE sid = {{0}}{db.LockForUpdate}";
        await db.Database.ExecuteSqlRawAsync(locked, [role.Sid], cancellationToken);
        var replacement =
            role.Type == RoleType.Service ? defaults.DefaultChatServiceRoleSid : defaults.DefaultConversationRoleSid;
        foreach (var holder in holders)
        {
            await holder.ReplaceAsync(db, role.Sid, replacement, int.MaxValue, cancellationToken);
        }

        await db.ReplaceAsync(role, replacement, cancellationToken);

        WriteConflictException.ThrowIf(
            await db.Set<Role>().Where(r => r.Sid == role.Sid).ExecuteDeleteAsync(cancellationToken) == 0
        );
    }
}
