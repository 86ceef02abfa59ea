using System.Text.Json;
using System.Text.Json.Serialization;
using Conversations.Api.Data;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Control;

/// <summary>A rule of faults and its counts. All servers of the database apply it.</summary>
public sealed class FaultRule
{
    private static readonly JsonSerializerOptions Json = new(TwilioJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string AccountSid { get; init; }

    /// <summary>FR and 32 hexadecimal digits. Ids sort by creation.</summary>
    public required string Id { get; init; }

    public required DateTime DateCreated { get; init; }

    /// <summary>The form as JSON, in which no character is one that a database can't store.</summary>
    public required string Definition { get; init; }

    /// <summary>How often it matched.</summary>
    public long Matches { get; init; }

    /// <summary>How often it made its fault.</summary>
    public long Hits { get; init; }

    public static FaultRule Of(string accountSid, FaultForm form, DateTimeOffset now) =>
        new()
        {
            AccountSid = accountSid,
            Id = Sids.New("FR", now),
            DateCreated = now.UtcDateTime,
            Definition = JsonSerializer.Serialize(form, Json),
        };

    public FaultForm Form() => JsonSerializer.Deserialize<FaultForm>(Definition, Json)!;
}

public sealed class FaultRuleTable : IEntityTypeConfiguration<FaultRule>
{
    public void Configure(EntityTypeBuilder<FaultRule> builder) =>
        builder.ToTable("fault_rules").HasKey(r => new { r.AccountSid, r.Id });
}
