using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Participants;

/// <summary>Participants have a conversation role.</summary>
public static class ParticipantRoles
{
    /// <summary>How roles count and replace those of participants.</summary>
    public static RoleHolder Holder { get; } =
        new(
            (db, role, max, cancellationToken) =>
                db.Set<Participant>()
                    .Where(p => p.RoleSid == role)
                    .OrderBy(p => p.RoleSid)
                    .Take(max)
                    .CountAsync(cancellationToken),
            (db, role, replacement, max, cancellationToken) =>
                // With the role in both conditions, a row that gets another role at the same time keeps it.
                db.Set<Participant>()
                    .Where(p => p.RoleSid == role)
                    .Where(p =>
                        db.Set<Participant>()
                            .Where(other => other.RoleSid == role)
                            .OrderBy(other => other.RoleSid)
                            .Take(max)
                            .Select(other => other.Sid)
                            .Contains(p.Sid)
                    )
                    .ExecuteUpdateAsync(p => p.SetProperty(r => r.RoleSid, replacement), cancellationToken)
        );
}
