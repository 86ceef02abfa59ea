using System.Net;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Control;

/// <summary>Applies the rules of faults to webhooks: a receiver that fails is not called.</summary>
public sealed class WebhookFaults(FaultRules rules) : IWebhookFaults
{
    public async ValueTask<WebhookAnswer?> AnswerAsync(
        string accountSid,
        string url,
        IReadOnlyList<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        var known = await rules.OfAsync(accountSid, FaultKind.Webhook, db: null, cancellationToken);
        var matching = known.Where(fault => fault.Matches(url, form));
        var hit = known is [] ? null : await rules.HitAsync(accountSid, matching, cancellationToken);
        return hit is null ? null : AnswerOf(hit.Form) with { Fault = hit.Id };
    }

    private static WebhookAnswer AnswerOf(FaultForm form) =>
        form.WebhookStatus is { } status ? new((HttpStatusCode)status, "", null)
        : form.WebhookError == Fault.Timeout ? WebhookAnswer.Timeout
        : WebhookAnswer.Refused;
}
