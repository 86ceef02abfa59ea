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
                var row = known is null ? db.Add(settings) : db.Entry(settings);
                var method = form.Method.NullIfEmpty()?.ToUpperInvariant();
                row.Write(s => s.PreWebhookUrl, form.PreWebhookUrl, form.PreWebhookUrl.NullIfEmpty());
                row.Write(s => s.PostWebhookUrl, form.PostWebhookUrl, form.PostWebhookUrl.NullIfEmpty());
                row.Write(s => s.Filters, form.Filters, form.Filters?.NotEmpty() ?? []);
                row.Write(s => s.Method, method, method!);
                row.Write(s => s.Target, target, target!);

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
                .Where(s => s.Sid == chatServiceSid && s.AccountSid == scope.AccountSid)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.ReachabilityEnabled, r => r.ReachabilityEnabled),
                    cancellationToken
                ) == 0
        );
}
