using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Participants;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.UserConversations;

[ApiController]
[ServiceScoped("Users/{UserSid}/Conversations", "UserConversation")]
[Tag(
    "User conversations",
    Order = 32,
    Page = "https://www.twilio.com/docs/conversations/api/user-conversation-resource",
    Description = "The conversations that a user is in, with the number of unread messages"
)]
public sealed class UserConversationsController(UserConversationService conversations, RequestScope scope)
    : ControllerBase
{
    /// <summary>Fetch a conversation of the user</summary>
    /// <param name="user" example="alice">The SID or the identity of the user.</param>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpGet("{ConversationSid}")]
    public async Task<UserConversationResource> Fetch(
        [FromRoute(Name = "UserSid")] string user,
        [FromRoute(Name = "ConversationSid")] string conversation,
        CancellationToken cancellationToken
    ) => UserConversationResource.Of(await conversations.FetchAsync(user, conversation, cancellationToken), scope);

    /// <summary>Retrieve a list of all conversations of the user</summary>
    /// <param name="user" example="alice">The SID or the identity of the user.</param>
    [HttpGet]
    public async Task<UserConversationList> List(
        [FromRoute(Name = "UserSid")] string user,
        [FromQuery(Name = "")] UserConversationQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await conversations.ListAsync(user, query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "conversations"),
            [.. page.Items.Select(row => UserConversationResource.Of(row, scope))]
        );
    }

    /// <summary>Update what the user has read of a conversation, and whether it is muted</summary>
    /// <param name="user" example="alice">The SID or the identity of the user.</param>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpPost("{ConversationSid}")]
    [Errors(typeof(UserConversationService), nameof(UserConversationService.UpdateErrors))]
    public async Task<UserConversationResource> Update(
        [FromRoute(Name = "UserSid")] string user,
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromForm(Name = "")] UpdateUserConversationForm form,
        CancellationToken cancellationToken
    ) =>
        UserConversationResource.Of(
            await conversations.UpdateAsync(user, conversation, form, cancellationToken),
            scope
        );

    /// <summary>Remove the user from a conversation</summary>
    /// <param name="user" example="alice">The SID or the identity of the user.</param>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    [HttpDelete("{ConversationSid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(ParticipantErrors), nameof(ParticipantErrors.Delete))]
    public async Task<NoContentResult> Delete(
        [FromRoute(Name = "UserSid")] string user,
        [FromRoute(Name = "ConversationSid")] string conversation,
        CancellationToken cancellationToken
    )
    {
        await conversations.DeleteAsync(user, conversation, cancellationToken);
        return NoContent();
    }
}
