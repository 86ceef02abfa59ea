using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Participants;

/// <summary>A participant of a conversation.</summary>
public sealed record ParticipantResource : IHasExamples<ParticipantResource>
{
    public required string AccountSid { get; init; }

    /// <summary>It is present only in answers to /v1/Services/{ChatServiceSid}/….</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string Sid { get; init; }

    public required string? Identity { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    public required MessagingBindingResource? MessagingBinding { get; init; }

    public required string RoleSid { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public required long? LastReadMessageIndex { get; init; }

    public required DateTime? LastReadTimestamp { get; init; }

    public static IReadOnlyList<ParticipantResource> Examples(RequestScope scope)
    {
        var chat = Example(scope, 1, "alice", address: null, proxyAddress: null);
        return [Of(chat, scope), Of(Example(scope, 2, identity: null, "+15558675310", "+15017122661"), scope)];
    }

    public static ParticipantResource Of(Participant participant, RequestScope scope) =>
        new()
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

    private static Participant Example(
        RequestScope scope,
        int number,
        string? identity,
        string? address,
        string? proxyAddress
    ) =>
        new()
        {
            Sid = ExampleRows.Sid("MB", number),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            ConversationSid = ExampleRows.Sid("CH"),
            Identity = identity,
            BindingType = address is null ? null : AddressType.Sms,
            Address = address,
            ProxyAddress = proxyAddress,
            RoleSid = ExampleRows.Sid("RL"),
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
}

/// <summary>The addresses of a participant. Only members that have a value are present.</summary>
public sealed record MessagingBindingResource(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProxyAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProjectedAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Level,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name
)
{
    public static MessagingBindingResource Of(Participant participant) =>
        new(
            participant.BindingType!,
            participant.Address,
            participant.ProxyAddress,
            participant.ProjectedAddress,
            participant.BindingLevel,
            participant.BindingName
        );
}

/// <summary>One page of participants.</summary>
public sealed record ParticipantList(PageMeta Meta, IReadOnlyList<ParticipantResource> Participants) : IPage;
