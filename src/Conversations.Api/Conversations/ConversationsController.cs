using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Conversations;

[ApiController]
[ServiceScoped("Conversations", "Conversation")]
[Tag(
    "Conversations",
    Order = 20,
    Page = "https://www.twilio.com/docs/conversations/api/conversation-resource",
    Description = "A name, attributes, a state and timers; participants, messages and webhooks belong to one"
)]
public sealed class ConversationsController(
    ConversationService conversations,
    ConversationDeletion deletion,
    RequestScope scope
) : ControllerBase
{
    /// <summary>Create a new conversation</summary>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<ConversationResource>(StatusCodes.Status201Created)]
    [Errors(typeof(ConversationService), nameof(ConversationService.CreateErrors))]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] ConversationForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            ConversationResource.Of(await conversations.CreateAsync(form, cancellationToken), scope)
        );

    /// <summary>Fetch a conversation, by its SID or its unique name</summary>
    /// <param name="sid" example="my-first-conversation">The SID or the unique name of the conversation.</param>
    [HttpGet("{Sid}")]
    public async Task<ConversationResource> Fetch(
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ConversationResource.Of(await conversations.FetchAsync(sid, cancellationToken), scope);

    /// <summary>Retrieve a list of conversations</summary>
    [HttpGet]
    public async Task<ConversationList> List(
        [FromQuery(Name = "")] ConversationQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await conversations.ListAsync(query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "conversations"),
            [.. page.Items.Select(conversation => ConversationResource.Of(conversation, scope))]
        );
    }

    /// <summary>Update an existing conversation</summary>
    /// <param name="sid" example="my-first-conversation">The SID or the unique name of the conversation.</param>
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(typeof(ConversationService), nameof(ConversationService.UpdateErrors))]
    public async Task<ConversationResource> Update(
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] ConversationForm form,
        CancellationToken cancellationToken
    ) => ConversationResource.Of(await conversations.UpdateAsync(sid, form, cancellationToken), scope);

    /// <summary>Remove a conversation with its participants and messages</summary>
    /// <param name="sid" example="my-first-conversation">The SID or the unique name of the conversation.</param>
    [HttpDelete("{Sid}")]
    [FiresWebhooks]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(ConversationDeletion), nameof(ConversationDeletion.Errors))]
    public async Task<NoContentResult> Delete([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken)
    {
        await deletion.DeleteAsync(sid, cancellationToken);
        return NoContent();
    }
}
