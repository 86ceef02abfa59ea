using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Participants;

/// <summary>https://www.twilio.com/docs/conversations/api/conversation-participant-resource</summary>
[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Participants", "ConversationParticipant")]
public sealed class ParticipantsController(ParticipantService participants, RequestScope scope) : ControllerBase
{
    /// <summary>Add a new participant to the conversation</summary>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<ParticipantResource>(StatusCodes.Status201Created)]
    [Errors(
        nameof(TwilioErrors.ConversationClosed),
        nameof(TwilioErrors.AttributesTooLong),
        nameof(TwilioErrors.AttributesNotJson),
        nameof(TwilioErrors.InvalidDateCreated),
        nameof(TwilioErrors.InvalidDateUpdated),
        nameof(TwilioErrors.ConversationRoleNotFound),
        nameof(TwilioErrors.IdentityNotProvided),
        nameof(TwilioErrors.IdentityMatchesUserSid),
        nameof(TwilioErrors.IdentityTooLong),
        nameof(TwilioErrors.IdentityNotAcceptable),
        nameof(TwilioErrors.InvalidAddress),
        nameof(TwilioErrors.InvalidProxyAddress),
        nameof(TwilioErrors.AddressEqualsProxyAddress),
        nameof(TwilioErrors.AddressEmpty),
        nameof(TwilioErrors.ProxyAddressEmpty),
        nameof(TwilioErrors.ProxyAddressNotAuthorized),
        nameof(TwilioErrors.AddressTypesDiffer),
        nameof(TwilioErrors.ProxyAddressNotWhatsApp),
        nameof(TwilioErrors.BindingParameterNotSupported),
        nameof(TwilioErrors.ProjectedAddressNotAuthorized),
        nameof(TwilioErrors.ProxyAddressNotSupported),
        nameof(TwilioErrors.ParticipantLimit),
        nameof(TwilioErrors.NonChatParticipantLimit),
        nameof(TwilioErrors.UserConversationLimit),
        nameof(TwilioErrors.ProjectedAddressNotProvided),
        nameof(TwilioErrors.GroupActivationFailed),
        nameof(TwilioErrors.GroupLimit),
        nameof(TwilioErrors.GroupParticipantExists),
        nameof(TwilioErrors.GroupExists),
        nameof(TwilioErrors.ParticipantExists),
        nameof(TwilioErrors.BindingInUse)
    )]
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
    [HttpGet("{Sid}")]
    public async Task<ParticipantResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ParticipantResource.Of(await participants.FetchAsync(conversation, sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all participants of the conversation</summary>
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
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(
        nameof(TwilioErrors.ConversationClosed),
        nameof(TwilioErrors.AttributesTooLong),
        nameof(TwilioErrors.AttributesNotJson),
        nameof(TwilioErrors.InvalidDateCreated),
        nameof(TwilioErrors.InvalidDateUpdated),
        nameof(TwilioErrors.ConversationRoleNotFound),
        nameof(TwilioErrors.InvalidLastReadMessageIndex),
        nameof(TwilioErrors.InvalidLastReadTimestamp),
        nameof(TwilioErrors.IdentityMatchesUserSid),
        nameof(TwilioErrors.IdentityTooLong),
        nameof(TwilioErrors.InvalidAddress),
        nameof(TwilioErrors.InvalidProxyAddress),
        nameof(TwilioErrors.AddressEqualsProxyAddress),
        nameof(TwilioErrors.ProxyAddressEmpty),
        nameof(TwilioErrors.ProxyAddressNotAuthorized),
        nameof(TwilioErrors.AddressTypesDiffer),
        nameof(TwilioErrors.ProxyAddressNotWhatsApp),
        nameof(TwilioErrors.ProjectedAddressNotAuthorized),
        nameof(TwilioErrors.ProxyAddressNotSupported),
        nameof(TwilioErrors.ProxyAddressNotRemovable),
        nameof(TwilioErrors.ProxyAddressNotAddable),
        nameof(TwilioErrors.ProjectedAddressNotRemovable),
        nameof(TwilioErrors.ProjectedAddressNotAddable),
        nameof(TwilioErrors.IdentityNotAddable),
        nameof(TwilioErrors.UserConversationLimit),
        nameof(TwilioErrors.GroupActivationFailed),
        nameof(TwilioErrors.GroupLimit),
        nameof(TwilioErrors.GroupParticipantExists),
        nameof(TwilioErrors.GroupExists),
        nameof(TwilioErrors.ParticipantExists),
        nameof(TwilioErrors.BindingInUse)
    )]
    public async Task<ParticipantResource> Update(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateParticipantForm form,
        CancellationToken cancellationToken
    ) => ParticipantResource.Of(await participants.UpdateAsync(conversation, sid, form, cancellationToken), scope);

    /// <summary>Remove a participant from the conversation</summary>
    [HttpDelete("{Sid}")]
    [FiresWebhooks]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(nameof(TwilioErrors.ConversationClosed))]
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
