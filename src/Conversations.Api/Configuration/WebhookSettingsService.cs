using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

/// <summary>Fetches and updates the webhook settings of an account and of its services.</summary>
public sealed class WebhookSettingsService(ConversationsDbContext db, RequestScope scope, Changes changes)
{
    /// <param name="ownerSid">The SID of the caller's account or of one of its services.</param>
    /// <returns>The settings; null when none were ever configured.</returns>
    public Task<WebhookSettings?> FetchAsync(string ownerSid, CancellationToken cancellationToken) =>
        db.Set<WebhookSettings>()
            .SingleOrDefaultAsync(s => s.OwnerSid == ownerSid && s.AccountSid == scope.AccountSid, cancellationToken);

    /// <param name="check">Returns the owner's SID, or throws the error of the request.</param>
    /// <param name="target">The new target; null leaves it unchanged.</param>
    public Task<WebhookSettings> UpdateAsync(
        Func<Task<string>> check,
        WebhookSettingsForm form,
        string? target,
        CancellationToken cancellationToken
    ) =>
        changes.RunAsync(
            check: async () =>
            {
                var ownerSid = await check();
                var known = await db.Set<WebhookSettings>()
                    .AsTracking()
                    .SingleOrDefaultAsync(s => s.OwnerSid == ownerSid, cancellationToken);
                var settings = known ?? new() { OwnerSid = ownerSid, AccountSid = scope.AccountSid };
                settings.PreWebhookUrl = form.PreWebhookUrl is null
                    ? settings.PreWebhookUrl
                    : form.PreWebhookUrl.NullIfEmpty();
                settings.PostWebhookUrl = form.PostWebhookUrl is null
                    ? settings.PostWebhookUrl
                    : form.PostWebhookUrl.NullIfEmpty();
                settings.Filters = form.Filters is null ? settings.Filters : form.Filters.NotEmpty();
                settings.Method = form.Method.NullIfEmpty()?.ToUpperInvariant() ?? settings.Method;
                settings.Target = target ?? settings.Target;
                if (known is null)
                {
                    db.Add(settings);
                }

                return settings;
            },
            write: settings =>
                settings.OwnerSid == settings.AccountSid
                    ? Task.CompletedTask
                    : LockServiceAsync(settings.OwnerSid, cancellationToken),
            cancellationToken: cancellationToken
        );

    // Locks the service's row, so that a service that is deleted at the same time leaves no settings behind.
    private async Task LockServiceAsync(string chatServiceSid, CancellationToken cancellationToken) =>
        WriteConflictException.ThrowIf(
            await db.Set<ChatService>()
                .Where(s => s.Sid == chatServiceSid)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.ReachabilityEnabled, r => r.ReachabilityEnabled),
                    cancellationToken
                ) == 0
        );
}
