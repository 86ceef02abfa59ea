using System.Text.Json.Serialization;
using Conversations.Api.Http;

namespace Conversations.Api.Participants;

/// <summary>A participant on the wire.</summary>
public sealed record ParticipantResource
{
    public required string AccountSid { get; init; }

    /// <summary>Present only in the /Services/… shape.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string Sid { get; init; }

    public required string? Identity { get; init; }

    /// <summary>JSON as text, byte for byte as it was given.</summary>
    public required string Attributes { get; init; }

    public required MessagingBindingResource? MessagingBinding { get; init; }

    public required string RoleSid { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public required long? LastReadMessageIndex { get; init; }

    public required DateTime? LastReadTimestamp { get; init; }

    public static ParticipantResource Of(Participant participant, RequestScope scope) => new()
    {
        AccountSid = participant.AccountSid,
        ChatServiceSid = scope.ChatServiceSidInPath,
        ConversationSid = participant.ConversationSid,
        Sid = participant.Sid,
        Identity = participant.Identity,
        Attributes = participant.Attributes,
        MessagingBinding = participant.BindingType is null ? null : MessagingBindingResource.Of(participant),
        RoleSid = participant.RoleSid,
        DateCreated = participant.DateCreated,
        DateUpdated = participant.DateUpdated,
        Url = scope.Url($"Conversations/{participant.ConversationSid}/Participants/{participant.Sid}"),
        LastReadMessageIndex = participant.LastReadMessageIndex,
        LastReadTimestamp = participant.LastReadTimestamp,
    };
}

/// <summary>How a participant is reached. A key that says nothing is left out.</summary>
public sealed record MessagingBindingResource(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProxyAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProjectedAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Level,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name)
{
    public static MessagingBindingResource Of(Participant participant)
        => new(participant.BindingType!, participant.Address, participant.ProxyAddress, participant.ProjectedAddress, participant.BindingLevel, participant.BindingName);
}

/// <summary>One page of participants.</summary>
public sealed record ParticipantList(PageMeta Meta, IReadOnlyList<ParticipantResource> Participants);
