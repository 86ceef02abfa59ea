using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Roles;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

/// <summary>Fetches and updates the defaults of a chat service.</summary>
public sealed class ServiceConfigurationService(
    ConversationsDbContext db,
    RequestScope scope,
    Changes changes,
    ServiceConfigurationRules rules,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="UpdateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } = [TwilioErrors.InvalidRoleType];

    public async Task<ChatService> FetchAsync(CancellationToken cancellationToken) =>
        await scope.ChatService.SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();

    public Task<ChatService> UpdateAsync(ServiceConfigurationForm form, CancellationToken cancellationToken) =>
        changes.RunAsync(
            check: () => CheckAsync(form, cancellationToken),
            write: async _ =>
            {
                // The service's row is the lock for its default roles: none of them can be deleted after this update,
                // so this check is final.
                await db.SaveChangesAsync(cancellationToken);
                await RequireRolesAsync(form, cancellationToken);
            },
            cancellationToken: cancellationToken
        );

    private async Task<ChatService> CheckAsync(ServiceConfigurationForm form, CancellationToken cancellationToken)
    {
        var service =
            await scope.ChatService.AsTracking().SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
        rules.Check(form);
        await RequireRolesAsync(form, cancellationToken);
        var (row, now) = (db.Entry(service), clock.Now);
        var (creatorRole, role, userRole, reachability) = (
            form.DefaultConversationCreatorRoleSid.NullIfEmpty(),
            form.DefaultConversationRoleSid.NullIfEmpty(),
            form.DefaultChatServiceRoleSid.NullIfEmpty(),
            form.ReachabilityEnabled.NullIfEmpty()
        );
        row.Write(s => s.DefaultConversationCreatorRoleSid, creatorRole, creatorRole!);
        row.Write(s => s.DefaultConversationRoleSid, role, role!);
        row.Write(s => s.DefaultChatServiceRoleSid, userRole, userRole!);
        row.Write(s => s.ReachabilityEnabled, reachability, reachability is not null && bool.Parse(reachability));
        row.Write(s => s.DateUpdated, now, now);
        return service;
    }

    private async Task RequireRolesAsync(ServiceConfigurationForm form, CancellationToken cancellationToken)
    {
        await RequireRoleAsync(
            form.DefaultConversationCreatorRoleSid,
            RoleType.Conversation,
            TwilioErrors.ConversationRoleNotFound
        );
        await RequireRoleAsync(
            form.DefaultConversationRoleSid,
            RoleType.Conversation,
            TwilioErrors.ConversationRoleNotFound
        );
        await RequireRoleAsync(form.DefaultChatServiceRoleSid, RoleType.Service, TwilioErrors.RoleNotFound);

        Task RequireRoleAsync(string? sid, string type, TwilioError notFound) =>
            scope.RequireRoleAsync(sid.NullIfEmpty(), type, notFound, cancellationToken);
    }
}
