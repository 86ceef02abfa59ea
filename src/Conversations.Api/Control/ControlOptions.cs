namespace Conversations.Api.Control;

/// <summary>The section <c>Control</c>.</summary>
public sealed class ControlOptions
{
    /// <summary>Whether /control answers: by default in Development only.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whether the journal keeps requests and deliveries: by default in Development only.</summary>
    public required bool HasJournal { get; init; }

    /// <summary>Whether callers without credentials may create accounts: in Development only.</summary>
    public required bool CreatesAccounts { get; init; }

    public static ControlOptions Of(IConfiguration configuration, IHostEnvironment environment)
    {
        var section = configuration.GetSection("Control");
        var isDevelopment = environment.IsDevelopment();
        var isEnabled = section.GetValue<bool?>("Enabled") ?? isDevelopment;
        return new()
        {
            IsEnabled = isEnabled,
            HasJournal = isEnabled && (section.GetValue<bool?>("Journal") ?? isDevelopment),
            CreatesAccounts = isEnabled && isDevelopment,
        };
    }
}
