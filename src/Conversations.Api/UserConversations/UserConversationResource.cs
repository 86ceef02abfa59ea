using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.OpenApi;
using Conversations.Api.Participants;
using Conversations.Api.Wire;

namespace Conversations.Api.UserConversations;

/// <summary>A conversation that a user is in. Most members are the conversation's.</summary>
public sealed record UserConversationResource : IHasExamples<UserConversationResource>
{
    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    /// <summary>
    /// How many messages of the conversation have a greater index than the last one that was read, the user's own
    /// included; at most 1000. Null while last_read_message_index is null.
    /// </summary>
    public required int? UnreadMessagesCount { get; init; }

    public required long? LastReadMessageIndex { get; init; }

    public required string ParticipantSid { get; init; }

    public required string UserSid { get; init; }

    public required string? FriendlyName { get; init; }

    [Documented(
        Values = [
            Conversations.ConversationState.Active,
            Conversations.ConversationState.Inactive,
            Conversations.ConversationState.Closed,
        ]
    )]
    public required string ConversationState { get; init; }

    public required TimersResource Timers { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    /// <summary>Always system: that is what Twilio shows for conversations created over REST.</summary>
    public string CreatedBy { get; init; } = "system";

    [Documented(Values = [Participants.NotificationLevel.Default, Participants.NotificationLevel.Muted])]
    public required string NotificationLevel { get; init; }

    public required string? UniqueName { get; init; }

    public required string Url { get; init; }

    public required MembershipLinks Links { get; init; }

    public static IReadOnlyList<UserConversationResource> Examples(RequestScope scope)
    {
        var conversation = StarterConversation.New(scope.Account, ExampleRows.Sid("CH"), ExampleRows.Date);
        var participant = new Participant
        {
            Sid = ExampleRows.Sid("MB"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            ConversationSid = conversation.Sid,
            Identity = "alice",
            UserSid = ExampleRows.Sid("US"),
            LastReadMessageIndex = 4,
            RoleSid = ExampleRows.Sid("RL"),
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        UserConversation row = new()
        {
            Participant = participant,
            Conversation = conversation,
            UnreadMessagesCount = 1,
        };
        return [Of(row, scope)];
    }

    public static UserConversationResource Of(UserConversation row, RequestScope scope)
    {
        var (participant, conversation) = (row.Participant, row.Conversation);
        return new()
        {
            AccountSid = participant.AccountSid,
            ChatServiceSid = participant.ChatServiceSid,
            ConversationSid = conversation.Sid,
            UnreadMessagesCount = row.UnreadMessagesCount,
            LastReadMessageIndex = participant.LastReadMessageIndex,
            ParticipantSid = participant.Sid,
            UserSid = participant.UserSid!,
            FriendlyName = conversation.FriendlyName,
            ConversationState = conversation.State,
            Timers = new(conversation.DateInactive, conversation.DateClosed),
            Attributes = conversation.Attributes,
            DateCreated = conversation.DateCreated,
            DateUpdated = conversation.DateUpdated,
            NotificationLevel = participant.NotificationLevel,
            UniqueName = conversation.UniqueName,
            Url = scope.Url($"Users/{participant.UserSid}/Conversations/{conversation.Sid}"),
            Links = MembershipLinks.Of(participant, scope),
        };
    }
}

/// <summary>One page of the conversations of a user.</summary>
public sealed record UserConversationList(PageMeta Meta, IReadOnlyList<UserConversationResource> Conversations) : IPage;
