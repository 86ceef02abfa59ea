using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.OpenApi;
using Conversations.Api.Participants;
using Conversations.Api.Wire;

namespace Conversations.Api.ParticipantConversations;

/// <summary>A conversation that a participant is in. It has no URL of its own.</summary>
public sealed record ParticipantConversationResource : IHasExamples<ParticipantConversationResource>
{
    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string ParticipantSid { get; init; }

    public required string? ConversationFriendlyName { get; init; }

    [Documented(
        Values = [
            Conversations.ConversationState.Active,
            Conversations.ConversationState.Inactive,
            Conversations.ConversationState.Closed,
        ]
    )]
    public required string ConversationState { get; init; }

    public required TimersResource ConversationTimers { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string ConversationAttributes { get; init; }

    public required DateTime ConversationDateCreated { get; init; }

    public required DateTime ConversationDateUpdated { get; init; }

    /// <summary>Always system: that is what Twilio shows for conversations created over REST.</summary>
    public string ConversationCreatedBy { get; init; } = "system";

    public required string? ConversationUniqueName { get; init; }

    public required string? ParticipantUserSid { get; init; }

    public required string? ParticipantIdentity { get; init; }

    public required ParticipantBindingResource? ParticipantMessagingBinding { get; init; }

    public required MembershipLinks Links { get; init; }

    public static IReadOnlyList<ParticipantConversationResource> Examples(RequestScope scope)
    {
        var conversation = StarterConversation.New(scope.Account, ExampleRows.Sid("CH"), ExampleRows.Date);
        var participant = new Participant
        {
            Sid = ExampleRows.Sid("MB"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            ConversationSid = conversation.Sid,
            BindingType = AddressType.Sms,
            Address = "+15558675310",
            ProxyAddress = "+15017122661",
            RoleSid = ExampleRows.Sid("RL"),
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(new() { Participant = participant, Conversation = conversation }, scope)];
    }

    public static ParticipantConversationResource Of(ParticipantConversation row, RequestScope scope)
    {
        var (participant, conversation) = (row.Participant, row.Conversation);
        return new()
        {
            AccountSid = participant.AccountSid,
            ChatServiceSid = participant.ChatServiceSid,
            ConversationSid = conversation.Sid,
            ParticipantSid = participant.Sid,
            ConversationFriendlyName = conversation.FriendlyName,
            ConversationState = conversation.State,
            ConversationTimers = new(conversation.DateInactive, conversation.DateClosed),
            ConversationAttributes = conversation.Attributes,
            ConversationDateCreated = conversation.DateCreated,
            ConversationDateUpdated = conversation.DateUpdated,
            ConversationUniqueName = conversation.UniqueName,
            ParticipantUserSid = participant.UserSid,
            ParticipantIdentity = participant.Identity,
            ParticipantMessagingBinding = ParticipantBindingResource.Of(participant),
            Links = MembershipLinks.Of(participant, scope),
        };
    }
}

/// <summary>The addresses of a participant. Unlike in the participant itself, every member is present.</summary>
public sealed record ParticipantBindingResource(
    string? Address,
    string? ProxyAddress,
    string Type,
    string? Level,
    string? Name,
    string? ProjectedAddress
)
{
    /// <summary>Null for a chat participant.</summary>
    public static ParticipantBindingResource? Of(Participant participant) =>
        participant.BindingType is null
            ? null
            : new(
                participant.Address,
                participant.ProxyAddress,
                participant.BindingType,
                participant.BindingLevel,
                participant.BindingName,
                participant.ProjectedAddress
            );
}

/// <summary>One page of the conversations of a participant.</summary>
public sealed record ParticipantConversationList(
    PageMeta Meta,
    IReadOnlyList<ParticipantConversationResource> Conversations
) : IPage;
