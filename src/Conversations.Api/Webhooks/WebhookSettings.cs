using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Webhooks;

/// <summary>The webhooks of an account or a service. Without a row none are configured.</summary>
public sealed class WebhookSettings
{
    /// <summary>The SID of the account (AC…) or of the service (IS…).</summary>
    public required string OwnerSid { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>The URL for pre-action events; null for none.</summary>
    public string? PreWebhookUrl { get; set; }

    /// <summary>The URL for post-action events; null for none.</summary>
    public string? PostWebhookUrl { get; set; }

    /// <summary>GET or POST.</summary>
    public string Method { get; set; } = HttpMethods.Post;

    /// <summary>The events for which the URLs are called.</summary>
    public IReadOnlyList<string> Filters { get; set; } = [];

    /// <summary>webhook or flex. It is only stored and shown.</summary>
    public string Target { get; set; } = "webhook";
}

public sealed class WebhookSettingsTable : IEntityTypeConfiguration<WebhookSettings>
{
    public void Configure(EntityTypeBuilder<WebhookSettings> builder)
    {
        builder.ToTable("webhook_settings").HasKey(s => s.OwnerSid);
        builder.Property(s => s.Filters).IsStringList();
    }
}
