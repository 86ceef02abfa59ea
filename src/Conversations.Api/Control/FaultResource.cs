using System.Text.Json.Serialization;

namespace Conversations.Api.Control;

/// <summary>A rule of faults.</summary>
public sealed record FaultResource : FaultForm
{
    private FaultResource(FaultForm form)
        : base(form) { }

    [JsonPropertyOrder(-2)]
    public required string Id { get; init; }

    [JsonPropertyOrder(-2)]
    public required DateTime DateCreated { get; init; }

    /// <summary>How often it matched.</summary>
    [JsonPropertyOrder(-1)]
    public required long Matches { get; init; }

    /// <summary>How often it made its fault.</summary>
    [JsonPropertyOrder(-1)]
    public required long Hits { get; init; }

    internal static FaultResource Of(FaultRule rule) =>
        new(rule.Form())
        {
            Id = rule.Id,
            DateCreated = rule.DateCreated,
            Matches = rule.Matches,
            Hits = rule.Hits,
        };
}

/// <summary>The rules of faults, in the order in which they are looked at.</summary>
public sealed record FaultListResource(IReadOnlyList<FaultResource> Faults);
