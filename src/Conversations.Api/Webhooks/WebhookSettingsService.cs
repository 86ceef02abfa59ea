using Conversations.Api.Data;
using Conversations.Api.Http;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Webhooks;

/// <summary>Keeps where an account's and its services' events go.</summary>
public sealed class WebhookSettingsService(ConversationsDbContext db, RequestScope scope)
{
    /// <param name="ownerSid">The SID of the caller's account or of a service of it.</param>
    /// <returns>Null when nothing was ever configured.</returns>
    public Task<WebhookSettings?> FetchAsync(string ownerSid, CancellationToken cancellationToken)
        => db.WebhookSettings.SingleOrDefaultAsync(s => s.OwnerSid == ownerSid && s.AccountSid == scope.AccountSid, cancellationToken);

    /// <param name="check">Tells the owner's SID, or throws what is wrong with the request.</param>
    /// <param name="target">Null leaves it as it is.</param>
    public async Task<WebhookSettings> UpdateAsync(Func<Task<string>> check, WebhookSettingsForm form, string? target, CancellationToken cancellationToken)
    {
        WebhookSettings settings = null!;
        await db.WriteAsync(
            check: async () =>
            {
                var ownerSid = await check();
                var known = await db.WebhookSettings.AsTracking().SingleOrDefaultAsync(s => s.OwnerSid == ownerSid, cancellationToken);
                settings = known ?? new() { OwnerSid = ownerSid, AccountSid = scope.AccountSid };
                settings.PreWebhookUrl = form.PreWebhookUrl is null ? settings.PreWebhookUrl : form.PreWebhookUrl.Given();
                settings.PostWebhookUrl = form.PostWebhookUrl is null ? settings.PostWebhookUrl : form.PostWebhookUrl.Given();
                settings.Filters = form.Filters is null ? settings.Filters : form.Filters.GivenWords();
                settings.Method = form.Method.Given()?.ToUpperInvariant() ?? settings.Method;
                settings.Target = target ?? settings.Target;
                if (known is null)
                {
                    db.Add(settings);
                }
            },
            write: async () => settings.OwnerSid == settings.AccountSid || await PassGateAsync(settings.OwnerSid, cancellationToken),
            cancellationToken);
        return settings;
    }

    // The service's row: a service that is deleted meanwhile leaves no settings behind.
    private async Task<bool> PassGateAsync(string chatServiceSid, CancellationToken cancellationToken) => await db.ChatServices
        .Where(s => s.Sid == chatServiceSid)
        .ExecuteUpdateAsync(s => s.SetProperty(r => r.ReachabilityEnabled, r => r.ReachabilityEnabled), cancellationToken) > 0;
}
