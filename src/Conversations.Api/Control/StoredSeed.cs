using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Control;

/// <summary>The seed of an account, from which all its SIDs follow.</summary>
public sealed class StoredSeed
{
    public required string AccountSid { get; init; }

    public required long Seed { get; init; }

    /// <summary>How many requests could have made rows since the account was new.</summary>
    public long Requests { get; set; }
}

public sealed class StoredSeedTable : IEntityTypeConfiguration<StoredSeed>
{
    public void Configure(EntityTypeBuilder<StoredSeed> builder) =>
        builder.ToTable("control_seeds").HasKey(s => s.AccountSid);
}
