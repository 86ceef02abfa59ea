using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Roles;

/// <summary>A Role (RL…) of a chat service: a name for a list of permissions.</summary>
public sealed class Role : ServiceResource, IResource
{
    public static string SidPrefix => "RL";

    public required string FriendlyName { get; init; }

    /// <summary><see cref="RoleType.Conversation"/> or <see cref="RoleType.Service"/>.</summary>
    public required string Type { get; init; }

    public required IReadOnlyList<string> Permissions { get; set; }

    /// <summary>
    /// Only in the stand-in of a deleted role: the SID of the role that its holders have instead. See
    /// <see cref="DeletedRoles"/>.
    /// </summary>
    public string? ReplacedBy { get; set; }
}

public sealed class RoleTable : IEntityTypeConfiguration<Role>
{
    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("roles").HasKey(r => r.Sid);
        builder.HasOne<ChatService>().WithMany().HasForeignKey(r => r.ChatServiceSid).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => new { r.ChatServiceSid, r.Sid }, "ix_roles_chat_service");
        builder.HasIndex(r => r.Sid, "ix_roles_deleted").HasFilter("replaced_by IS NOT NULL");
        builder.Property(r => r.Permissions).IsStringList();
    }
}
