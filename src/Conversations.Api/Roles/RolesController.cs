using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Roles;

[ApiController]
[ServiceScoped("Roles", "Role")]
[Tag(
    "Roles",
    Order = 40,
    Page = "https://www.twilio.com/docs/conversations/api/role-resource",
    Description = "Permissions of participants and users, under a name"
)]
public sealed class RolesController(RoleService roles, RequestScope scope) : ControllerBase
{
    /// <summary>Create a new role in your service</summary>
    [HttpPost]
    [ProducesResponseType<RoleResource>(StatusCodes.Status201Created)]
    public async Task<ObjectResult> Create(
        [FromForm(Name = "")] CreateRoleForm form,
        CancellationToken cancellationToken
    ) =>
        StatusCode(
            StatusCodes.Status201Created,
            RoleResource.Of(await roles.CreateAsync(form, cancellationToken), scope)
        );

    /// <summary>Fetch a role</summary>
    /// <param name="sid">The SID of the role.</param>
    [HttpGet("{Sid}")]
    public async Task<RoleResource> Fetch([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken) =>
        RoleResource.Of(await roles.FetchAsync(sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all roles of the service</summary>
    [HttpGet]
    public async Task<RoleList> List([FromQuery(Name = "")] PageRequest query, CancellationToken cancellationToken)
    {
        var page = await roles.ListAsync(query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "roles"),
            [.. page.Items.Select(role => RoleResource.Of(role, scope))]
        );
    }

    /// <summary>Update an existing role</summary>
    /// <param name="sid">The SID of the role.</param>
    [HttpPost("{Sid}")]
    [Errors(typeof(RoleService), nameof(RoleService.UpdateErrors))]
    public async Task<RoleResource> Update(
        [FromRoute(Name = "Sid")] string sid,
        [FromForm(Name = "")] UpdateRoleForm form,
        CancellationToken cancellationToken
    ) => RoleResource.Of(await roles.UpdateAsync(sid, form, cancellationToken), scope);

    /// <summary>Remove a role; its holders get the service's default role</summary>
    /// <param name="sid">The SID of the role.</param>
    [HttpDelete("{Sid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Errors(typeof(RoleService), nameof(RoleService.DeleteErrors))]
    public async Task<NoContentResult> Delete([FromRoute(Name = "Sid")] string sid, CancellationToken cancellationToken)
    {
        await roles.DeleteAsync(sid, cancellationToken);
        return NoContent();
    }
}
