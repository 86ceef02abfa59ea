using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Conversations;

/// <summary>https://www.twilio.com/docs/conversations/api/conversation-resource</summary>
[ApiController]
[ServiceScoped("Conversations", "Conversation")]
public sealed class ConversationsController(ConversationService conversations, RequestScope scope) : ControllerBase
{
    /// <summary>Create a new conversation</summary>
    [HttpPost]
    [FiresWebhooks]
    [ProducesResponseType<ConversationResource>(StatusCodes.Status201Created)]
    [Errors(
        nameof(TwilioErrors.AttributesTooLong),
        nameof(TwilioErrors.AttributesNotJson),
        nameof(TwilioErrors.InvalidDateCreated),
        nameof(TwilioErrors.InvalidDateUpdated),
        nameof(TwilioErrors.FriendlyNameTooLong),
        nameof(TwilioErrors.UniqueNameTooLong),
        nameof(TwilioErrors.UniqueNameMatchesSid),
        nameof(TwilioErrors.InvalidMessagingServiceSid),
        nameof(TwilioErrors.StateEmpty),
        nameof(TwilioErrors.InvalidState),
        nameof(TwilioErrors.InvalidInactiveTimer),
        nameof(TwilioErrors.InactiveTimerTooShort),
        nameof(TwilioErrors.InvalidClosedTimer),
        nameof(TwilioErrors.ClosedTimerTooShort),
        nameof(TwilioErrors.InitialStateClosed),
        nameof(TwilioErrors.UniqueNameExists)
    )]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] ConversationForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            ConversationResource.Of(await conversations.CreateAsync(form, cancellationToken), scope)
        );

    /// <summary>Fetch a conversation, by its SID or its unique name</summary>
    [HttpGet("{Sid}")]
    public async Task<ConversationResource> Fetch(
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ConversationResource.Of(await conversations.FetchAsync(sid, cancellationToken), scope);

    /// <summary>Retrieve a list of conversations</summary>
    [HttpGet]
    [Errors(
        nameof(TwilioErrors.InvalidStartDate),
        nameof(TwilioErrors.InvalidEndDate),
        nameof(TwilioErrors.EndDateBeforeStartDate),
        nameof(TwilioErrors.InvalidState)
    )]
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
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(
        nameof(TwilioErrors.ConversationClosed),
        nameof(TwilioErrors.AttributesTooLong),
        nameof(TwilioErrors.AttributesNotJson),
        nameof(TwilioErrors.InvalidDateCreated),
        nameof(TwilioErrors.InvalidDateUpdated),
        nameof(TwilioErrors.FriendlyNameTooLong),
        nameof(TwilioErrors.UniqueNameTooLong),
        nameof(TwilioErrors.UniqueNameMatchesSid),
        nameof(TwilioErrors.InvalidMessagingServiceSid),
        nameof(TwilioErrors.StateEmpty),
        nameof(TwilioErrors.InvalidState),
        nameof(TwilioErrors.InvalidInactiveTimer),
        nameof(TwilioErrors.InactiveTimerTooShort),
        nameof(TwilioErrors.InvalidClosedTimer),
        nameof(TwilioErrors.ClosedTimerTooShort),
        nameof(TwilioErrors.UniqueNameExists)
    )]
    public async Task<ConversationResource> Update(
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] ConversationForm form,
        CancellationToken cancellationToken
    ) => ConversationResource.Of(await conversations.UpdateAsync(sid, form, cancellationToken), scope);

    /// <summary>Remove a conversation with its participants</summary>
    [HttpDelete("{Sid}")]
    [FiresWebhooks]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<NoContentResult> Delete([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken)
    {
        await conversations.DeleteAsync(sid, cancellationToken);
        return NoContent();
    }
}
