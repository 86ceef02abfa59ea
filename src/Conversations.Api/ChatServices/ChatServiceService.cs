using Conversations.Api.Data;
using Conversations.Api.Http;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>Creates, finds and deletes the account's services.</summary>
public sealed class ChatServiceService(ConversationsDbContext db, RequestScope scope, CreateServiceRules rules, TimeProvider clock)
{
    private IQueryable<ChatService> All => db.ChatServices.Where(s => s.AccountSid == scope.AccountSid);

    public async Task<ChatService> CreateAsync(CreateServiceForm form, CancellationToken cancellationToken)
    {
        rules.Check(form);
        var now = clock.GetUtcNow();
        var (service, roles) = ChatService.New(scope.AccountSid, Sid.New("IS", now), form.FriendlyName!, now);
        await db.WriteAsync(
            check: () =>
            {
                db.Add(service);
                db.AddRange(roles);
                return Task.CompletedTask;
            },
            write: null,
            cancellationToken);
        return service;
    }

    public async Task<ChatService> FetchAsync(string sid, CancellationToken cancellationToken)
        => await All.SingleOrDefaultAsync(s => s.Sid == sid, cancellationToken) ?? throw scope.NotFound();

    public Task<Page<ChatService>> ListAsync(PageRequest request, CancellationToken cancellationToken) => All.ToPageAsync(request, "IS", cancellationToken);

    /// <summary>
    /// Deletes the service with its conversations, participants, users, roles and webhook settings. Not the default one: the short route shape would lead
    /// nowhere. (A guess: nothing is recorded of it.)
    /// </summary>
    public Task DeleteAsync(string sid, CancellationToken cancellationToken) => db.WriteAsync(
        check: async () =>
        {
            await FetchAsync(sid, cancellationToken);
            TwilioException.Unless(!await db.Accounts.AnyAsync(a => a.DefaultChatServiceSid == sid, cancellationToken), TwilioErrors.DefaultServiceNotDeletable);
        },
        write: async () =>
        {
            // The service's row first: settings are written behind it, so none can follow.
            var deleted = await All.Where(s => s.Sid == sid).ExecuteDeleteAsync(cancellationToken) > 0;
            await db.WebhookSettings.Where(s => s.OwnerSid == sid).ExecuteDeleteAsync(cancellationToken);
            return deleted;
        },
        cancellationToken);
}
