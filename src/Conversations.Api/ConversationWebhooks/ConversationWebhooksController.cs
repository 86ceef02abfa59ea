using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource</summary>
[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Webhooks", "ConversationScopedWebhook")]
public sealed class ConversationWebhooksController(ConversationWebhookService webhooks, RequestScope scope)
    : ControllerBase
{
    /// <summary>Create a new webhook scoped to the conversation</summary>
    [HttpPost]
    [ProducesResponseType<ConversationWebhookResource>(StatusCodes.Status201Created)]
    [Errors(
        nameof(TwilioErrors.ConversationClosed),
        nameof(TwilioErrors.MissingParameter),
        nameof(TwilioErrors.InvalidConversationWebhookType),
        nameof(TwilioErrors.InvalidWebhookUrl),
        nameof(TwilioErrors.ConversationWebhookUrlTooLong),
        nameof(TwilioErrors.InvalidWebhookMethod),
        nameof(TwilioErrors.InvalidConversationWebhookFilter),
        nameof(TwilioErrors.InvalidConversationWebhookTrigger),
        nameof(TwilioErrors.InvalidConversationWebhookFlowSid),
        nameof(TwilioErrors.ConversationWebhookUrlNotProvided),
        nameof(TwilioErrors.ConversationWebhookFilterNotProvided),
        nameof(TwilioErrors.ConversationWebhookTriggerNotProvided),
        nameof(TwilioErrors.InvalidReplayAfter),
        nameof(TwilioErrors.WebhookLimit)
    )]
    public async Task<ObjectResult> Create(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromForm(Name = "")] CreateConversationWebhookForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            ConversationWebhookResource.Of(await webhooks.CreateAsync(conversation, form, cancellationToken), scope)
        );

    /// <summary>Fetch the configuration of a conversation-scoped webhook</summary>
    [HttpGet("{Sid}")]
    public async Task<ConversationWebhookResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ConversationWebhookResource.Of(await webhooks.FetchAsync(conversation, sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all webhooks scoped to the conversation</summary>
    [HttpGet]
    public async Task<ConversationWebhookList> List(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromQuery(Name = "")] ConversationWebhookQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await webhooks.ListAsync(conversation, query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "webhooks"),
            [.. page.Items.Select(webhook => ConversationWebhookResource.Of(webhook, scope))]
        );
    }

    /// <summary>Update an existing conversation-scoped webhook</summary>
    [HttpPost("{Sid}")]
    [Errors(
        nameof(TwilioErrors.ConversationClosed),
        nameof(TwilioErrors.InvalidWebhookUrl),
        nameof(TwilioErrors.ConversationWebhookUrlTooLong),
        nameof(TwilioErrors.InvalidWebhookMethod),
        nameof(TwilioErrors.InvalidConversationWebhookFilter),
        nameof(TwilioErrors.InvalidConversationWebhookTrigger),
        nameof(TwilioErrors.InvalidConversationWebhookFlowSid),
        nameof(TwilioErrors.ConversationWebhookFilterNotProvided),
        nameof(TwilioErrors.ConversationWebhookTriggerNotProvided)
    )]
    public async Task<ConversationWebhookResource> Update(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateConversationWebhookForm form,
        CancellationToken cancellationToken
    ) => ConversationWebhookResource.Of(await webhooks.UpdateAsync(conversation, sid, form, cancellationToken), scope);

    /// <summary>Remove an existing webhook scoped to the conversation</summary>
    [HttpDelete("{Sid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(nameof(TwilioErrors.ConversationClosed))]
    public async Task<NoContentResult> Delete(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    )
    {
        await webhooks.DeleteAsync(conversation, sid, cancellationToken);
        return NoContent();
    }
}
