using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.ConversationWithParticipants;

[ApiController]
[ServiceScoped("ConversationWithParticipants", "ConversationWithParticipants")]
[Tag(
    "Conversation with participants",
    Order = 21,
    Page = "https://www.twilio.com/docs/conversations/api/conversation-with-participants-resource",
    Description = "A conversation and up to ten participants in one request"
)]
public sealed class ConversationWithParticipantsController(
    ConversationWithParticipantsService conversations,
    RequestScope scope
) : ControllerBase
{
    /// <summary>
    /// Create a new conversation with the list of participants, which are added after the answer
    /// </summary>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<ConversationWithParticipantsResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ConversationWithParticipantsResource>(StatusCodes.Status202Accepted)]
    [Errors(typeof(ConversationWithParticipantsService), nameof(ConversationWithParticipantsService.CreateErrors))]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] ConversationWithParticipantsForm form,
        CancellationToken cancellationToken
    )
    {
        var conversation = await conversations.CreateAsync(form, cancellationToken);
        var status = conversation.IsInitializing ? StatusCodes.Status202Accepted : StatusCodes.Status201Created;
        return StatusCode(status, ConversationWithParticipantsResource.Of(conversation, scope));
    }
}
