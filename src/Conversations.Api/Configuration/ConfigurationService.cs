using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

/// <summary>Fetches and updates the defaults of the account.</summary>
public sealed class ConfigurationService(
    ConversationsDbContext db,
    RequestScope scope,
    Changes changes,
    ConfigurationRules rules
)
{
    public Task<Account> FetchAsync(CancellationToken cancellationToken) =>
        FetchAsync(db.Set<Account>(), cancellationToken);

    public Task<Account> UpdateAsync(ConfigurationForm form, CancellationToken cancellationToken) =>
        changes.SaveAsync(
            check: async () =>
            {
                var account = await FetchAsync(db.Set<Account>().AsTracking(), cancellationToken);
                rules.Check(form);
                var row = db.Entry(account);
                if (form.DefaultChatServiceSid.NullIfEmpty() is { } sid)
                {
                    var isThere = await db.Set<ChatService>()
                        .AnyAsync(s => s.AccountSid == account.Sid && s.Sid == sid, cancellationToken);
                    TwilioException.ThrowIf(!isThere, TwilioErrors.ServiceNotFound);
                    row.Write(a => a.DefaultChatServiceSid, sid, sid);
                }

                var (messaging, inactive, closed) = (
                    form.DefaultMessagingServiceSid.NullIfEmpty(),
                    form.DefaultInactiveTimer,
                    form.DefaultClosedTimer
                );
                row.Write(a => a.DefaultMessagingServiceSid, messaging, messaging!);
                row.Write(a => a.DefaultInactiveTimer, inactive, TimerRules.Stored(inactive));
                row.Write(a => a.DefaultClosedTimer, closed, TimerRules.Stored(closed));
                return account;
            },
            cancellationToken: cancellationToken
        );

    // An account that is deleted may still be known for some seconds.
    private async Task<Account> FetchAsync(IQueryable<Account> accounts, CancellationToken cancellationToken) =>
        await accounts.SingleOrDefaultAsync(a => a.Sid == scope.AccountSid, cancellationToken)
        ?? throw new TwilioException(TwilioErrors.Authenticate);
}
