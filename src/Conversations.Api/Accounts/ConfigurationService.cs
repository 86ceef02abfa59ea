using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Accounts;

/// <summary>Fetches and changes the defaults of the account.</summary>
public sealed class ConfigurationService(ConversationsDbContext db, RequestScope scope, Changes changes, ConfigurationRules rules)
{
    public Task<Account> FetchAsync(CancellationToken cancellationToken)
        => db.Set<Account>().SingleAsync(a => a.Sid == scope.AccountSid, cancellationToken);

    public Task<Account> UpdateAsync(ConfigurationForm form, CancellationToken cancellationToken) => changes.SaveAsync(
        check: async () =>
        {
            var account = await db.Set<Account>().AsTracking().SingleAsync(a => a.Sid == scope.AccountSid, cancellationToken);
            rules.Check(form);
            if (form.DefaultChatServiceSid.Given() is { } sid)
            {
                var isThere = await db.Set<ChatService>().AnyAsync(s => s.AccountSid == account.Sid && s.Sid == sid, cancellationToken);
                TwilioException.Unless(isThere, TwilioErrors.ServiceNotFound);
                account.DefaultChatServiceSid = sid;
            }

            account.DefaultMessagingServiceSid = form.DefaultMessagingServiceSid.Given() ?? account.DefaultMessagingServiceSid;
            account.DefaultInactiveTimer = form.DefaultInactiveTimer is null ? account.DefaultInactiveTimer : form.DefaultInactiveTimer.Given();
            account.DefaultClosedTimer = form.DefaultClosedTimer is null ? account.DefaultClosedTimer : form.DefaultClosedTimer.Given();
            return account;
        },
        cancellationToken: cancellationToken);
}
