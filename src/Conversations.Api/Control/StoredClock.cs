using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Control;

/// <summary>The moved clock of an account. An account without a row has real time.</summary>
public sealed class StoredClock
{
    public required string AccountSid { get; init; }

    /// <summary>The time at which it stands; null while it runs.</summary>
    public DateTime? DateFrozen { get; set; }

    /// <summary>How far it is ahead of real time while it runs, in units of 100 ns.</summary>
    public long OffsetTicks { get; set; }

    public MovedClock Clock => new(DateFrozen, TimeSpan.FromTicks(OffsetTicks));
}

public sealed class StoredClockTable : IEntityTypeConfiguration<StoredClock>
{
    public void Configure(EntityTypeBuilder<StoredClock> builder) =>
        builder.ToTable("control_clocks").Ignore(c => c.Clock).HasKey(c => c.AccountSid);
}
