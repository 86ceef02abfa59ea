using Conversations.Api.Errors;

namespace Conversations.Api.Receipts;

/// <summary>The section <c>Delivery</c>: the simulated network.</summary>
public sealed class DeliveryOptions
{
    // Twilio's test credentials fail these numbers with these codes.
    // https://www.twilio.com/docs/iam/test-credentials
    private static readonly IReadOnlyList<DeliveryOutcome> TestNumbers =
    [
        new() { Address = "+15005550001", ErrorCode = 21211 },
        new() { Address = "+15005550002", ErrorCode = 21612 },
        new() { Address = "+15005550003", ErrorCode = 21408 },
        new() { Address = "+15005550004", ErrorCode = 21610 },
        new() { Address = "+15005550009", ErrorCode = 21614 },
    ];

    /// <summary>The pause before a message is sent, in seconds, and between that and each further status.</summary>
    public double StepSeconds { get; init; } = 0.4;

    /// <summary>Whether messages by WhatsApp are read after they are delivered.</summary>
    public bool WhatsAppReads { get; init; }

    /// <summary>The addresses whose messages are not delivered. Twilio's test numbers follow them.</summary>
    public IReadOnlyList<DeliveryOutcome> Outcomes { get; private init; } = [];

    /// <summary>The configured values or the defaults. Start-up has already checked each value.</summary>
    /// <exception cref="ConfigurationException">An outcome has no address or no error code.</exception>
    public static DeliveryOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Delivery");
        List<DeliveryOutcome> outcomes = [];
        foreach (var entry in section.GetSection(nameof(Outcomes)).GetChildren())
        {
            var outcome = entry.Get<DeliveryOutcome>()!;
            if (outcome is { Address: "" } or { ErrorCode: 0 })
            {
                throw new ConfigurationException(
                    $"Delivery__Outcomes__{entry.Key} must have an Address and an ErrorCode."
                );
            }

            outcomes.Add(outcome);
        }

        var configured = section.Get<DeliveryOptions>() ?? new();
        return new()
        {
            StepSeconds = configured.StepSeconds,
            WhatsAppReads = configured.WhatsAppReads,
            Outcomes = [.. outcomes, .. TestNumbers],
        };
    }
}
