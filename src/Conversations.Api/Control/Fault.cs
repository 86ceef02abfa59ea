using System.IO.Enumeration;
using Conversations.Api.Errors;

namespace Conversations.Api.Control;

/// <summary>A rule of faults, as it is applied.</summary>
public sealed record Fault(string Id, FaultForm Form)
{
    public const string Before = "before";

    public const string After = "after";

    public const string Timeout = "timeout";

    public const string Refused = "refused";

    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    public FaultKind Kind { get; } = FaultFormRules.KindOf(Form);

    /// <summary>The error that answers a request; null for none.</summary>
    public TwilioError? Error { get; } =
        Form is { Status: null, Code: null } ? null : ErrorCatalogue.Find(Form.Status, Form.Code);

    /// <summary>The pause before a request is executed; null for none.</summary>
    public TimeSpan? Delay { get; } = Form.Delay is { } text ? ShortTime.Read(text) : null;

    internal bool Matches(RequestNames request) =>
        (Form.Operation is null || Form.Operation == request.OperationId)
        && (Form.Method is null || Form.Method == request.Method)
        && (Form.Path is null || FileSystemName.MatchesSimpleExpression(Form.Path, request.Path, ignoreCase: false))
        && (Form.Identity is null || request.Identities.Contains(Form.Identity))
        && (Form.Address is null || request.Addresses.Contains(Form.Address));

    internal bool Matches(string url, IReadOnlyList<KeyValuePair<string, string>> form) =>
        (Form.Receiver is null || url.Contains(Form.Receiver, StringComparison.Ordinal))
        && (Form.Identity is null || RequestNames.IdentitiesOf(form).Contains(Form.Identity))
        && (Form.Address is null || RequestNames.AddressesOf(form).Contains(Form.Address));

    /// <summary>Whether the rule hits a match. The same rule gives the same answer for the same number.</summary>
    /// <param name="number">The number of the match, from 1.</param>
    public bool Hits(long number) =>
        Form.Nth is { } nth ? number == nth
        : Form.Every is { } every ? number % every == 0
        : Form.Probability is not { } probability || Draw(Form.Seed ?? 0, number) < probability;

    // SplitMix64: the number-th value of a sequence from 0 to 1. System.Random promises no sequence for a seed.
    private static double Draw(long seed, long number)
    {
        unchecked
        {
            var bits = (ulong)seed + ((ulong)number * 0x9E3779B97F4A7C15);
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
