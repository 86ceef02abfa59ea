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
            (db, role, service, max, cancellationToken) =>
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
                    .ExecuteUpdateAsync(
                        u => u.SetProperty(r => r.RoleSid, service.DefaultChatServiceRoleSid),
                        cancellationToken
                    )
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
        await Named(sidOrIdentity).SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();

    public Task<Page<User>> ListAsync(PageRequest request, CancellationToken cancellationToken) =>
        scope.PageAsync(list, request, cancellationToken: cancellationToken);

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
    /// <remarks>A user in many closed conversations first leaves most of them in batches.</remarks>
    public async Task DeleteAsync(string sidOrIdentity, CancellationToken cancellationToken)
    {
        var found = await FetchAsync(sidOrIdentity, cancellationToken);
        var isLarge = await InClosed(found.Sid)
            .OrderBy(p => p.UserSid)
            .Skip(ConversationsDbContext.BatchSize)
            .AnyAsync(cancellationToken);
        if (isLarge)
        {
            await db.InBatchesAsync(
                () => LeaveClosedAsync(found.Sid, cancellationToken),
                scope.RestartTimeout,
                cancellationToken
            );
        }

        await changes.RunAsync(
            check: () => FetchAsync(sidOrIdentity, cancellationToken),
            write: user => RemoveAsync(user, cancellationToken),
            cancellationToken: cancellationToken
        );
    }

    private IQueryable<Participant> InClosed(string userSid) =>
        db.Set<Participant>()
            .Where(p =>
                p.UserSid == userSid
                && db.Set<Conversation>().Any(c => c.Sid == p.ConversationSid && c.State == ConversationState.Closed)
            );

    // The user's row is the lock: two deletions of one user don't count a conversation twice.
    private async Task<int> LeaveClosedAsync(string userSid, CancellationToken cancellationToken)
    {
        await db.Set<User>()
            .Where(u => u.Sid == userSid)
            .ExecuteUpdateAsync(
                u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount),
                cancellationToken
            );
        var batch = await InClosed(userSid)
            .OrderBy(p => p.UserSid)
            .Take(ConversationsDbContext.BatchSize)
            .Select(p => new
            {
                p.Sid,
                p.ConversationSid,
                p.ProjectedAddress,
            })
            .ToListAsync(cancellationToken);
        string[] sids = [.. batch.Select(p => p.Sid)];
        string[] conversations = [.. batch.Select(p => p.ConversationSid)];
        string[] groupTexts = [.. batch.Where(p => p.ProjectedAddress is not null).Select(p => p.ConversationSid)];
        await db.Set<Conversation>()
            .Where(c => conversations.Contains(c.Sid))
            .ExecuteUpdateAsync(
                c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount - 1),
                cancellationToken
            );
        await db.Set<Conversation>()
            .Where(c => groupTexts.Contains(c.Sid))
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupCount, r => r.GroupCount - 1), cancellationToken);
        await db.Set<Participant>().Where(p => sids.Contains(p.Sid)).ExecuteDeleteAsync(cancellationToken);
        return batch.Count;
    }

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
        var user =
            await Named(sidOrIdentity).AsTracking().SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
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
    private async Task RemoveAsync(User user, CancellationToken cancellationToken)
    {
        WriteConflictException.ThrowIf(
            await db.Set<User>()
                .Where(u => u.Sid == user.Sid)
                .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, 0), cancellationToken) == 0
        );
        var memberships = db.Set<Participant>().Where(p => p.UserSid == user.Sid);
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

        await db.Set<User>().Where(u => u.Sid == user.Sid).ExecuteDeleteAsync(cancellationToken);
    }

    private sealed record New(User User, Defaults Defaults);
}
