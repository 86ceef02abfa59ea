using Conversations.Api.Data;
using Conversations.Api.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Accounts;

/// <summary>https://www.twilio.com/docs/conversations/api/configuration-resource</summary>
// Two actions on one row: they need no service between.
[ApiController]
[Resource("Configuration", "Configuration")]
public sealed class ConfigurationController(ConversationsDbContext db, RequestScope scope, ConfigurationRules rules) : ControllerBase
{
    /// <summary>Fetch the global configuration of conversations on your account</summary>
    [HttpGet]
    public async Task<ConfigurationResource> Fetch(CancellationToken cancellationToken)
        => ConfigurationResource.Of(await db.Accounts.SingleAsync(a => a.Sid == scope.AccountSid, cancellationToken), scope);

    /// <summary>Update the global configuration of conversations on your account</summary>
    [HttpPost]
    [Errors(
        nameof(TwilioErrors.ServiceNotFound), nameof(TwilioErrors.InvalidMessagingServiceSid), nameof(TwilioErrors.InvalidInactiveTimer),
        nameof(TwilioErrors.InactiveTimerTooShort), nameof(TwilioErrors.InvalidClosedTimer), nameof(TwilioErrors.ClosedTimerTooShort))]
    public async Task<ConfigurationResource> Update([FromForm(Name = "")] ConfigurationForm form, CancellationToken cancellationToken)
    {
        Account account = null!;
        await db.WriteAsync(
            check: async () =>
            {
                account = await db.Accounts.AsTracking().SingleAsync(a => a.Sid == scope.AccountSid, cancellationToken);
                rules.Check(form);
                if (form.DefaultChatServiceSid.Given() is { } serviceSid)
                {
                    TwilioException.Unless(await db.ChatServices.AnyAsync(s => s.AccountSid == account.Sid && s.Sid == serviceSid, cancellationToken), TwilioErrors.ServiceNotFound);
                    account.DefaultChatServiceSid = serviceSid;
                }

                account.DefaultMessagingServiceSid = form.DefaultMessagingServiceSid.Given() ?? account.DefaultMessagingServiceSid;
                account.DefaultInactiveTimer = form.DefaultInactiveTimer is null ? account.DefaultInactiveTimer : form.DefaultInactiveTimer.Given();
                account.DefaultClosedTimer = form.DefaultClosedTimer is null ? account.DefaultClosedTimer : form.DefaultClosedTimer.Given();
            },
            write: null,
            cancellationToken);
        return ConfigurationResource.Of(account, scope);
    }
}

/// <summary>The account's defaults.</summary>
public sealed record ConfigurationResource(
    string AccountSid,
    string DefaultChatServiceSid,
    string DefaultMessagingServiceSid,
    string? DefaultInactiveTimer,
    string? DefaultClosedTimer,
    string Url,
    ConfigurationLinks Links) : IHasExamples<ConfigurationResource>
{
    public static IReadOnlyList<ConfigurationResource> Examples(RequestScope scope)
    {
        var account = new Account
        {
            Sid = scope.AccountSid,
            DefaultChatServiceSid = scope.Account.DefaultChatServiceSid,
            DefaultMessagingServiceSid = scope.Account.DefaultMessagingServiceSid,
        };
        return [Of(account, scope)];
    }

    public static ConfigurationResource Of(Account account, RequestScope scope)
    {
        var url = scope.AccountUrl("Configuration");
        return new(
            account.Sid, account.DefaultChatServiceSid, account.DefaultMessagingServiceSid, account.DefaultInactiveTimer, account.DefaultClosedTimer,
            url, new(scope.AccountUrl($"Services/{account.DefaultChatServiceSid}/Configuration"), $"{url}/Webhooks"));
    }
}

/// <summary>Where the rest of the account's configuration is.</summary>
public sealed record ConfigurationLinks(string Service, string Webhooks);
