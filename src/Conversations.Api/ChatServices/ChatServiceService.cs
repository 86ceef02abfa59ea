using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>The rules of the account's services that need the database.</summary>
public sealed class ChatServiceService(
    ConversationsDbContext db,
    ListQuery<ChatService> list,
    RequestScope scope,
    Changes changes,
    CreateServiceRules rules,
    IEnumerable<ServiceContent> contents,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="DeleteAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> DeleteErrors { get; } = [TwilioErrors.DefaultServiceNotDeletable];

    private IQueryable<ChatService> All => db.Set<ChatService>().Where(s => s.AccountSid == scope.AccountSid);

    public Task<ChatService> CreateAsync(CreateServiceForm form, CancellationToken cancellationToken) =>
        changes.SaveAsync(
            check: () =>
            {
                rules.Check(form);
                var (service, roles) = ChatService.New(
                    scope.AccountSid,
                    clock.NewSid<ChatService>(),
                    form.FriendlyName!,
                    clock
                );
                db.Add(service);
                db.AddRange(roles);
                return Task.FromResult(service);
            },
            cancellationToken: cancellationToken
        );

    public async Task<ChatService> FetchAsync(string sid, CancellationToken cancellationToken) =>
        await All.SingleOrDefaultAsync(s => s.Sid == sid, cancellationToken) ?? throw scope.NotFound();

    public Task<Page<ChatService>> ListAsync(PageRequest request, CancellationToken cancellationToken) =>
        scope.PageAsync(list, request, cancellationToken: cancellationToken);

    /// <summary>
    /// Deletes the service with its conversations, participants, users, roles and webhook settings. The default service
    /// can't be deleted, because the short route shape would then have no service. (A guess: no recording shows it.)
    /// </summary>
    /// <remarks>The conversations and users of a large service are deleted in batches before the service.</remarks>
    public async Task DeleteAsync(string sid, CancellationToken cancellationToken)
    {
        await CheckDeleteAsync(sid, cancellationToken);
        if (await IsLargeAsync(sid, cancellationToken))
        {
            foreach (var content in contents)
            {
                await db.InBatchesAsync(
                    () => content.DeleteAsync(db, sid, cancellationToken),
                    scope.RestartTimeout,
                    cancellationToken
                );
            }
        }

        await changes.RunAsync(
            check: () => CheckDeleteAsync(sid, cancellationToken),
            write: async service =>
            {
                // The deletion of the service's row comes first. Settings are written under its lock, so none can
                // follow.
                WriteConflictException.ThrowIf(
                    await All.Where(s => s.Sid == service.Sid).ExecuteDeleteAsync(cancellationToken) == 0
                );
                await db.Set<WebhookSettings>()
                    .Where(s => s.OwnerSid == service.Sid)
                    .ExecuteDeleteAsync(cancellationToken);
            },
            cancellationToken: cancellationToken
        );
    }

    private async Task<ChatService> CheckDeleteAsync(string sid, CancellationToken cancellationToken)
    {
        var service = await FetchAsync(sid, cancellationToken);
        TwilioException.ThrowIf(
            await db.Set<Account>().AnyAsync(a => a.DefaultChatServiceSid == sid, cancellationToken),
            TwilioErrors.DefaultServiceNotDeletable
        );
        return service;
    }

    private async Task<bool> IsLargeAsync(string sid, CancellationToken cancellationToken)
    {
        foreach (var content in contents)
        {
            if (await content.AreManyAsync(db, sid, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }
}
