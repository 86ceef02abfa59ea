using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Users;

[ApiController]
[ServiceScoped("Users", "User")]
[Tag(
    "Users",
    Order = 30,
    Page = "https://www.twilio.com/docs/conversations/api/user-resource",
    Description = "The identities of chat participants, once in each chat service"
)]
public sealed class UsersController(UserService users, RequestScope scope) : ControllerBase
{
    /// <summary>Add a new conversation user</summary>
    [HttpPost]
    [FiresWebhooks(Asks = false)]
    [ProducesResponseType<UserResource>(StatusCodes.Status201Created)]
    [Errors(typeof(UserService), nameof(UserService.CreateErrors))]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] CreateUserForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            UserResource.Of(await users.CreateAsync(form, cancellationToken), scope)
        );

    /// <summary>Fetch a conversation user, by its SID or its identity</summary>
    /// <param name="sid" example="alice">The SID or the identity of the user.</param>
    [HttpGet("{Sid}")]
    public async Task<UserResource> Fetch([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken) =>
        UserResource.Of(await users.FetchAsync(sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all conversation users</summary>
    [HttpGet]
    public async Task<UserList> List([FromQuery(Name = "")] PageRequest query, CancellationToken cancellationToken)
    {
        var page = await users.ListAsync(query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "users"),
            [.. page.Items.Select(user => UserResource.Of(user, scope))]
        );
    }

    /// <summary>Update an existing conversation user</summary>
    /// <param name="sid" example="alice">The SID or the identity of the user.</param>
    [HttpPost("{Sid}")]
    [FiresWebhooks]
    [Errors(typeof(UserService), nameof(UserService.UpdateErrors))]
    public async Task<UserResource> Update(
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateUserForm form,
        CancellationToken cancellationToken
    ) => UserResource.Of(await users.UpdateAsync(sid, form, cancellationToken), scope);

    /// <summary>Remove a conversation user, with its participants</summary>
    /// <param name="sid" example="alice">The SID or the identity of the user.</param>
    [HttpDelete("{Sid}")]
    [FiresWebhooks(Asks = false)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<NoContentResult> Delete([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken)
    {
        await users.DeleteAsync(sid, cancellationToken);
        return NoContent();
    }
}
