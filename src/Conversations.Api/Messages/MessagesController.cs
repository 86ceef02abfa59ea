using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Messages;

[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Messages", "ConversationMessage")]
[Tag(
    "Messages",
    Order = 15,
    Page = "https://www.twilio.com/docs/conversations/api/conversation-message-resource",
    Description = "The messages of a conversation, in the order of arrival"
)]
public sealed class MessagesController(MessageService messages, RequestScope scope) : ControllerBase
{
    /// <summary>Add a new message to the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<MessageResource>(StatusCodes.Status201Created)]
    [Errors(typeof(MessageService), nameof(MessageService.CreateErrors))]
    public async Task<ObjectResult> Create(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromForm(Name = "")] CreateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var message = await messages.CreateAsync(conversation, form, cancellationToken);
        return StatusCode(StatusCodes.Status201Created, MessageResource.Of(message, scope));
    }

    /// <summary>Fetch a message of the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the message.</param>
    [HttpGet("{Sid}")]
    public async Task<MessageResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => MessageResource.Of(await messages.FetchAsync(conversation, sid, cancellationToken), scope);

    /// <summary>
    /// The target of the link channel_metadata. Only a channel could tell metadata, so no message has any. Twilio's
    /// OpenAPI document does not contain this operation.
    /// </summary>
    /// <param name="conversation">The SID or the unique name of the conversation.</param>
    /// <param name="sid">The SID of the message.</param>
    [HttpGet("{Sid}/ChannelMetadata")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public Task FetchChannelMetadata(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => messages.FetchChannelMetadataAsync(conversation, sid, cancellationToken);

    /// <summary>Retrieve a list of all messages of the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpGet]
    [Errors(typeof(MessageService), nameof(MessageService.ListErrors))]
    public async Task<MessageList> List(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromQuery(Name = "")] MessageQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await messages.ListAsync(conversation, query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "messages"),
            [.. page.Items.Select(message => MessageResource.Of(message, scope))]
        );
    }

    /// <summary>Update an existing message in the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the message.</param>
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(typeof(MessageService), nameof(MessageService.UpdateErrors))]
    public async Task<MessageResource> Update(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateMessageForm form,
        CancellationToken cancellationToken
    ) => MessageResource.Of(await messages.UpdateAsync(conversation, sid, form, cancellationToken), scope);

    /// <summary>Remove a message from the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid">The SID of the message.</param>
    [HttpDelete("{Sid}")]
    [FiresWebhooks]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(MessageService), nameof(MessageService.DeleteErrors))]
    public async Task<NoContentResult> Delete(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    )
    {
        await messages.DeleteAsync(conversation, sid, cancellationToken);
        return NoContent();
    }
}
