using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Roles;

/// <summary>Checks a role that a parameter names.</summary>
public static class RoleReference
{
    /// <summary>
    /// Throws when the service does not have the role (<paramref name="notFound"/>), or when the role has the other
    /// type (50105). A null SID is not checked.
    /// </summary>
    public static async Task RequireRoleAsync(
        this RequestScope scope,
        string? sid,
        string type,
        TwilioError notFound,
        CancellationToken cancellationToken
    )
    {
        if (sid is not null)
        {
            var found = await scope
                .All<Role>()
                .Where(r => r.Sid == sid)
                .Select(r => r.Type)
                .SingleOrDefaultAsync(cancellationToken);
            TwilioException.ThrowIf(found is null, notFound);
            TwilioException.ThrowIf(found != type, TwilioErrors.InvalidRoleType);
        }
    }
}
