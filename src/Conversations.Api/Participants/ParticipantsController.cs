using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Participants;

[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Participants", "ConversationParticipant")]
[Tag(
    "Participants",
    Order = 10,
    Page = "https://www.twilio.com/docs/conversations/api/conversation-participant-resource",
    Description = "Who takes part in a conversation: by identity (chat), "
        + "or by address and proxy address (SMS, WhatsApp, …)"
)]
public sealed class ParticipantsController(ParticipantService participants, RequestScope scope) : ControllerBase
{
    /// <summary>Add a new participant to the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<ParticipantResource>(StatusCodes.Status201Created)]
    [Errors(typeof(ParticipantErrors), nameof(ParticipantErrors.Create))]
    public async Task<ObjectResult> Create(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromForm(Name = "")] CreateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        var participant = await participants.CreateAsync(conversation, form, cancellationToken);
        return StatusCode(StatusCodes.Status201Created, ParticipantResource.Of(participant, scope));
    }

    /// <summary>Fetch a participant of the conversation, by its SID or its identity</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid" example="alice">The SID or the identity of the participant.</param>
    [HttpGet("{Sid}")]
    public async Task<ParticipantResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ParticipantResource.Of(await participants.FetchAsync(conversation, sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all participants of the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpGet]
    public async Task<ParticipantList> List(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromQuery(Name = "")] PageRequest query,
        CancellationToken cancellationToken
    )
    {
        var page = await participants.ListAsync(conversation, query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "participants"),
            [.. page.Items.Select(participant => ParticipantResource.Of(participant, scope))]
        );
    }

    /// <summary>Update an existing participant in the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid" example="alice">The SID or the identity of the participant.</param>
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(typeof(ParticipantErrors), nameof(ParticipantErrors.Update))]
    public async Task<ParticipantResource> Update(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateParticipantForm form,
        CancellationToken cancellationToken
    ) => ParticipantResource.Of(await participants.UpdateAsync(conversation, sid, form, cancellationToken), scope);

    /// <summary>Remove a participant from the conversation</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="sid" example="alice">The SID or the identity of the participant.</param>
    [HttpDelete("{Sid}")]
    [FiresWebhooks]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(ParticipantErrors), nameof(ParticipantErrors.Delete))]
    public async Task<NoContentResult> Delete(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    )
    {
        await participants.DeleteAsync(conversation, sid, cancellationToken);
        return NoContent();
    }
}
