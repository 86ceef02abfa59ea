using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Control;

/// <summary>A state of an account, to which it can be brought back.</summary>
public sealed class Checkpoint
{
    public required string AccountSid { get; init; }

    public required string Name { get; init; }

    public required DateTime DateCreated { get; init; }

    /// <summary>The document of an export, compressed.</summary>
    public required byte[] Content { get; init; }
}

public sealed class CheckpointTable : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> builder) =>
        builder.ToTable("control_checkpoints").HasKey(c => new { c.AccountSid, c.Name });
}
