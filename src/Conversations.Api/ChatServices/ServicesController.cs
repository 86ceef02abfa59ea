using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.ChatServices;

[ApiController]
[Resource("Services", "Service")]
[Tag(
    "Services",
    Order = 80,
    Page = "https://www.twilio.com/docs/conversations/api/service-resource",
    Description = "Chat services: each has conversations, users and roles of its own"
)]
public sealed class ServicesController(ChatServiceService services, RequestScope scope) : ControllerBase
{
    /// <summary>Create a new conversation service on your account</summary>
    [HttpPost]
    [ProducesResponseType<ChatServiceResource>(StatusCodes.Status201Created)]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] CreateServiceForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            ChatServiceResource.Of(await services.CreateAsync(form, cancellationToken), scope)
        );

    /// <summary>Fetch a conversation service</summary>
    /// <param name="sid" example="IS00000000000000000000000000000001">The SID of the Conversation Service.</param>
    [HttpGet("{Sid}")]
    public async Task<ChatServiceResource> Fetch(
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ChatServiceResource.Of(await services.FetchAsync(sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all conversation services on your account</summary>
    [HttpGet]
    public async Task<ChatServiceList> List(
        [FromQuery(Name = "")] PageRequest query,
        CancellationToken cancellationToken
    )
    {
        var page = await services.ListAsync(query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "services"),
            [.. page.Items.Select(service => ChatServiceResource.Of(service, scope))]
        );
    }

    /// <summary>Remove a conversation service with all its nested resources from your account</summary>
    /// <param name="sid" example="IS00000000000000000000000000000001">The SID of the Conversation Service.</param>
    [HttpDelete("{Sid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(ChatServiceService), nameof(ChatServiceService.DeleteErrors))]
    public async Task<NoContentResult> Delete([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken)
    {
        await services.DeleteAsync(sid, cancellationToken);
        return NoContent();
    }
}
