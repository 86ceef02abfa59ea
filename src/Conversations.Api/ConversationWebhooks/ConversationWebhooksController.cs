using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.ConversationWebhooks;

[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Webhooks", "ConversationScopedWebhook")]
[Tag(
    "Conversation webhooks",
    Order = 50,
    Page = "https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource",
    Description = "Where the events of one conversation go"
)]
public sealed class ConversationWebhooksController(ConversationWebhookService webhooks, RequestScope scope)
    : ControllerBase
{
    /// <summary>Create a new webhook scoped to the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpPost]
    [ProducesResponseType<ConversationWebhookResource>(StatusCodes.Status201Created)]
    [Errors(typeof(ConversationWebhookService), nameof(ConversationWebhookService.CreateErrors))]
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
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the webhook.</param>
    [HttpGet("{Sid}")]
    public async Task<ConversationWebhookResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ConversationWebhookResource.Of(await webhooks.FetchAsync(conversation, sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all webhooks scoped to the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
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
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the webhook.</param>
    [HttpPost("{Sid}")]
    [Errors(typeof(ConversationWebhookService), nameof(ConversationWebhookService.UpdateErrors))]
    public async Task<ConversationWebhookResource> Update(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateConversationWebhookForm form,
        CancellationToken cancellationToken
    ) => ConversationWebhookResource.Of(await webhooks.UpdateAsync(conversation, sid, form, cancellationToken), scope);

    /// <summary>Remove an existing webhook scoped to the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the webhook.</param>
    [HttpDelete("{Sid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(ConversationWebhookService), nameof(ConversationWebhookService.DeleteErrors))]
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
