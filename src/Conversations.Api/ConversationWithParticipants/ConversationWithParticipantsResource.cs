using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>The created conversation, without its participants.</summary>
public sealed record ConversationWithParticipantsResource : IHasExamples<ConversationWithParticipantsResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string MessagingServiceSid { get; init; }

    public required string? FriendlyName { get; init; }

    public required string? UniqueName { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    /// <summary>initializing until the participants are added.</summary>
    [Documented(Values = [ConversationState.Initializing, ConversationState.Active, ConversationState.Inactive])]
    public required string State { get; init; }

    public required TimersResource Timers { get; init; }

    /// <summary>The conversation's own addresses; null when there are none.</summary>
    public required ConversationBindingsResource? Bindings { get; init; }

    public required ConversationWithParticipantsLinks Links { get; init; }

    public required string Url { get; init; }

    public static IReadOnlyList<ConversationWithParticipantsResource> Examples(RequestScope scope)
    {
        var conversation = StarterConversation.New(scope.Account, ExampleRows.Sid("CH"), ExampleRows.Date);
        conversation.State = ConversationState.Initializing;
        return [Of(conversation, scope)];
    }

    public static ConversationWithParticipantsResource Of(Conversation conversation, RequestScope scope)
    {
        var resource = ConversationResource.Of(conversation, scope);
        return new()
        {
            Sid = resource.Sid,
            AccountSid = resource.AccountSid,
            ChatServiceSid = resource.ChatServiceSid,
            MessagingServiceSid = resource.MessagingServiceSid,
            FriendlyName = resource.FriendlyName,
            UniqueName = resource.UniqueName,
            Attributes = resource.Attributes,
            DateCreated = resource.DateCreated,
            DateUpdated = resource.DateUpdated,
            State = resource.State,
            Timers = resource.Timers,
            Bindings = resource.Bindings,
            Links = new(resource.Links.Participants, resource.Links.Messages, resource.Links.Webhooks),
            Url = resource.Url,
        };
    }
}

/// <summary>The URLs of the conversation's resources.</summary>
public sealed record ConversationWithParticipantsLinks(string Participants, string Messages, string Webhooks);
