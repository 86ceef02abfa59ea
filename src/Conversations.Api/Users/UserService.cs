using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Users;

/// <summary>The rules of users that need the database.</summary>
public sealed class UserService(
    ConversationsDbContext db,
    ListQuery<User> list,
    RequestScope scope,
    GroupText groups,
    Changes changes,
    CreateUserRules createRules,
    UpdateUserRules updateRules,
    WorkSignal<Purger> signal,
    AccountClock clock
)
{
    /// <summary>Users have a service role.</summary>
    public static RoleHolder RoleHolder { get; } =
        new(
            (db, role, max, cancellationToken) =>
                db.Set<User>()
                    .Where(u => u.RoleSid == role)
                    .OrderBy(u => u.RoleSid)
                    .Take(max)
                    .CountAsync(cancellationToken),
            (db, role, replacement, max, cancellationToken) =>
                // With the role in both conditions, a row that gets another role at the same time keeps it.
                db.Set<User>()
                    .Where(u => u.RoleSid == role)
                    .Where(u =>
                        db.Set<User>()
                            .Where(other => other.RoleSid == role)
                            .OrderBy(other => other.RoleSid)
                            .Take(max)
                            .Select(other => other.Sid)
                            .Contains(u.Sid)
                    )
                    .ExecuteUpdateAsync(u => u.SetProperty(r => r.RoleSid, replacement), cancellationToken)
        );

    /// <summary>The errors of <see cref="CreateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [TwilioErrors.InvalidRoleType, TwilioErrors.UserExists];

    /// <summary>The errors of <see cref="UpdateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } = [TwilioErrors.InvalidRoleType];

    public async Task<User> CreateAsync(CreateUserForm form, CancellationToken cancellationToken)
    {
        var created = await changes.SaveAsync(
            check: () => CheckCreateAsync(form, cancellationToken),
            write: found =>
                db.InsertAsync(found.User, values => found.Defaults.Condition(db, values), cancellationToken),
            after: found => [UserEvents.Added(found.User)],
            cancellationToken: cancellationToken
        );
        return created.User;
    }

    /// <param name="sidOrIdentity">A text in the form of a user's SID is a SID; any other text is an identity.</param>
    public async Task<User> FetchAsync(string sidOrIdentity, CancellationToken cancellationToken) =>
        await FindAsync(Named(sidOrIdentity), cancellationToken) ?? throw scope.NotFound();

    public Task<Page<User>> ListAsync(PageRequest request, CancellationToken cancellationToken) =>
        DeletedRoles.ReadAsync(
            db,
            () => scope.PageAsync(list, request, cancellationToken: cancellationToken),
            page => page.Items,
            cancellationToken
        );

    public Task<User> UpdateAsync(string sidOrIdentity, UpdateUserForm form, CancellationToken cancellationToken) =>
        changes.SaveAsync(
            check: () => CheckUpdateAsync(sidOrIdentity, form, cancellationToken),
            before: UserEvents.Update,
            after: user => [UserEvents.Updated(user)],
            cancellationToken: cancellationToken
        );

    /// <summary>
    /// Deletes the user and removes its identity from every conversation. (A guess, but the known remedy for stale
    /// members.)
    /// </summary>
    /// <remarks>
    /// A user in too many closed conversations for one transaction disappears from all of them at once. Then
    /// <see cref="Purger"/> deletes the rows.
    /// </remarks>
    public async Task DeleteAsync(string sidOrIdentity, CancellationToken cancellationToken)
    {
        var (_, isLarge) = await changes.RunAsync(
            check: async () =>
            {
                var found = await FetchAsync(sidOrIdentity, cancellationToken);
                return (User: found, IsLarge: await IsLargeAsync(found, cancellationToken));
            },
            write: found => RemoveAsync(found.User, found.IsLarge, cancellationToken),
            cancellationToken: cancellationToken
        );
        if (isLarge)
        {
            signal.Signal();
        }
    }

    private Task<bool> IsLargeAsync(User user, CancellationToken cancellationToken) =>
        db.Set<Participant>()
            .Where(p => p.UserSid == user.Sid && p.ConversationClosed)
            .OrderBy(p => p.UserSid)
            .Skip(ConversationsDbContext.BatchSize)
            .AnyAsync(cancellationToken);

    private Task<User?> FindAsync(IQueryable<User> named, CancellationToken cancellationToken) =>
        DeletedRoles.ReadAsync(
            db,
            () => named.SingleOrDefaultAsync(cancellationToken),
            found => found is null ? [] : [found],
            cancellationToken
        );

    private IQueryable<User> Named(string sidOrIdentity) =>
        Sids.Is<User>(sidOrIdentity)
            ? scope.All<User>().Where(u => u.Sid == sidOrIdentity)
            : scope.All<User>().Where(u => u.Identity == sidOrIdentity);

    private async Task<New> CheckCreateAsync(CreateUserForm form, CancellationToken cancellationToken)
    {
        var service = await scope.ChatService.SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
        createRules.Check(form);
        await scope.RequireRoleAsync(
            form.RoleSid.NullIfEmpty(),
            RoleType.Service,
            TwilioErrors.RoleNotFound,
            cancellationToken
        );
        TwilioException.ThrowIf(
            await scope.All<User>().AnyAsync(u => u.Identity == form.Identity, cancellationToken),
            TwilioErrors.UserExists
        );
        var now = clock.Now;
        var user = new User
        {
            Sid = clock.NewSid<User>(),
            AccountSid = service.AccountSid,
            ChatServiceSid = service.Sid,
            Identity = form.Identity!,
            FriendlyName = form.FriendlyName.NullIfEmpty(),
            Attributes = form.Attributes.NullIfEmpty() ?? "{}",
            RoleSid = form.RoleSid.NullIfEmpty() ?? service.DefaultChatServiceRoleSid,
            DateCreated = now,
            DateUpdated = now,
        };
        return new(
            user,
            new(service.Sid)
            {
                IsDefaultService = scope.ChatServiceSidInPath is null,
                UserRoleSid = form.RoleSid.NullIfEmpty() is null ? user.RoleSid : null,
            }
        );
    }

    private async Task<User> CheckUpdateAsync(
        string sidOrIdentity,
        UpdateUserForm form,
        CancellationToken cancellationToken
    )
    {
        var user = await FindAsync(Named(sidOrIdentity).AsTracking(), cancellationToken) ?? throw scope.NotFound();
        updateRules.Check(form);
        await scope.RequireRoleAsync(
            form.RoleSid.NullIfEmpty(),
            RoleType.Service,
            TwilioErrors.RoleNotFound,
            cancellationToken
        );
        var (row, now) = (db.Entry(user), clock.Now);
        row.Write(u => u.FriendlyName, form.FriendlyName, form.FriendlyName.NullIfEmpty());
        row.Write(u => u.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(u => u.RoleSid, form.RoleSid.NullIfEmpty(), form.RoleSid!);
        row.Write(u => u.DateUpdated, now, now);
        return user;
    }

    // The update of the user's row comes first: after it no participant can join with the identity. A deadlock with one
    // that is joining is a conflict, and the write is tried again.
    private async Task RemoveAsync(User user, bool isLarge, CancellationToken cancellationToken)
    {
        await db.HideAsync(user, cancellationToken);
        var memberships = db.Set<Participant>().Where(p => p.UserSid == user.Sid && !(isLarge && p.ConversationClosed));
        await db.Set<Conversation>()
            .Where(c => memberships.Select(p => p.ConversationSid).Contains(c.Sid))
            .ExecuteUpdateAsync(
                c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount - 1),
                cancellationToken
            );
        var inGroups = await memberships.Where(p => p.ProjectedAddress != null).ToListAsync(cancellationToken);
        await memberships.ExecuteDeleteAsync(cancellationToken);
        foreach (var participant in inGroups)
        {
            await db.Set<Conversation>()
                .Where(c => c.Sid == participant.ConversationSid)
                .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupCount, r => r.GroupCount - 1), cancellationToken);
            await groups.ShrinkAsync(participant, cancellationToken);
        }

        if (!isLarge)
        {
            await db.Set<User>().Where(u => u.Sid == user.Sid).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private sealed record New(User User, Defaults Defaults);
}
