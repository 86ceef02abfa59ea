using Conversations.Api.Errors;

namespace Conversations.Api.Receipts;

/// <summary>The section <c>Delivery</c>: the simulated network.</summary>
public sealed class DeliveryOptions
{
    // Twilio's test credentials fail the numbers of the first group with these codes.
    // https://www.twilio.com/docs/iam/test-credentials
    // Those of the second group are of this server: +150055 and the code of an error that only a carrier finds.
    private static readonly IReadOnlyList<DeliveryOutcome> TestNumbers =
    [
        new() { Address = "+15005550001", ErrorCode = 21211 },
        new() { Address = "+15005550002", ErrorCode = 21612 },
        new() { Address = "+15005550003", ErrorCode = 21408 },
        new() { Address = "+15005550004", ErrorCode = 21610 },
        new() { Address = "+15005550009", ErrorCode = 21614 },
        .. new[] { 30003, 30005, 30006, 30007, 30008 }.Select(code => new DeliveryOutcome
        {
            Address = $"+150055{code}",
            Status = ReceiptStatus.Undelivered,
            ErrorCode = code,
        }),
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
            if (outcome is { Address: "" } or { ErrorCode: null or 0 })
            {
                string Name(string key) => $"{entry.Path}:{key}".Replace(":", "__", StringComparison.Ordinal);
                var given = string.Join(" and ", entry.GetChildren().Select(child => Name(child.Key)));
                throw new ConfigurationException(
                    $"{given}: an outcome needs {Name(nameof(outcome.Address))} and "
                        + $"{Name(nameof(outcome.ErrorCode))}."
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
