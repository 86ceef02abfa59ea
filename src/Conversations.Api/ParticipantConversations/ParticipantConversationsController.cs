using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.ParticipantConversations;

[ApiController]
[ServiceScoped("ParticipantConversations", "ParticipantConversation")]
[Tag(
    "Participant conversations",
    Order = 22,
    Page = "https://www.twilio.com/docs/conversations/api/participant-conversation-resource",
    Description = "The conversations of an identity or an address"
)]
public sealed class ParticipantConversationsController(ParticipantConversationService conversations, RequestScope scope)
    : ControllerBase
{
    /// <summary>Retrieve a list of all conversations that a participant is in, by its identity or its address</summary>
    [HttpGet]
    public async Task<ParticipantConversationList> List(
        [FromQuery(Name = "")] ParticipantConversationQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await conversations.ListAsync(query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "conversations"),
            [.. page.Items.Select(row => ParticipantConversationResource.Of(row, scope))]
        );
    }
}
