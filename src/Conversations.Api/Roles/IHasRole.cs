namespace Conversations.Api.Roles;

/// <summary>A row that has a role.</summary>
public interface IHasRole
{
    /// <summary>
    /// The SID of the role. In the database it may be the one of a stand-in, see <see cref="DeletedRoles"/>.
    /// </summary>
    string RoleSid { get; set; }
}
