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
    WorkSignal<Purger> signal,
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
    /// <remarks>
    /// A service with too many rows for one transaction disappears at once with all of them. Then
    /// <see cref="Purger"/> deletes the rows.
    /// </remarks>
    public async Task DeleteAsync(string sid, CancellationToken cancellationToken)
    {
        var (_, isLarge) = await changes.RunAsync(
            check: async () =>
            {
                var service = await CheckDeleteAsync(sid, cancellationToken);
                return (Service: service, IsLarge: await IsLargeAsync(sid, cancellationToken));
            },
            write: async found =>
            {
                // The update of the service's row comes first. Settings are written under its lock, so none can follow.
                await db.HideAsync(found.Service, cancellationToken);
                if (!found.IsLarge)
                {
                    await db.Set<ChatService>().Where(s => s.Sid == sid).ExecuteDeleteAsync(cancellationToken);
                }
            },
            cancellationToken: cancellationToken
        );
        if (isLarge)
        {
            signal.Signal();
        }
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
