using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Conversations;

/// <summary>A conversation.</summary>
public sealed record ConversationResource : IHasExamples<ConversationResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string MessagingServiceSid { get; init; }

    public required string? FriendlyName { get; init; }

    public required string? UniqueName { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    [Documented(
        Values = [
            ConversationState.Initializing,
            ConversationState.Active,
            ConversationState.Inactive,
            ConversationState.Closed,
        ]
    )]
    public required string State { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required TimersResource Timers { get; init; }

    /// <summary>
    /// The conversation's own addresses. Null when there are none, as recorded. The official document's samples show {}
    /// instead.
    /// </summary>
    public required ConversationBindingsResource? Bindings { get; init; }

    public required string Url { get; init; }

    public required ConversationLinks Links { get; init; }

    public static IReadOnlyList<ConversationResource> Examples(RequestScope scope)
    {
        var conversation = StarterConversation.New(scope.Account, ExampleRows.Sid("CH"), ExampleRows.Date);
        return [Of(conversation, scope)];
    }

    public static ConversationResource Of(Conversation conversation, RequestScope scope)
    {
        var url = scope.Url($"Conversations/{conversation.Sid}");
        return new()
        {
            Sid = conversation.Sid,
            AccountSid = conversation.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            MessagingServiceSid = conversation.MessagingServiceSid,
            FriendlyName = conversation.FriendlyName,
            UniqueName = conversation.UniqueName,
            Attributes = conversation.Attributes,
            State = conversation.State,
            DateCreated = conversation.DateCreated,
            DateUpdated = conversation.DateUpdated,
            Timers = new(conversation.DateInactive, conversation.DateClosed),
            Bindings = conversation is { EmailAddress: null, EmailName: null }
                ? null
                : new(new(conversation.EmailAddress, conversation.EmailName)),
            Url = url,
            Links = new($"{url}/Participants", $"{url}/Messages", $"{url}/Webhooks", $"{url}/Export"),
        };
    }
}

/// <summary>When the timers expire. Only timers that are set are present.</summary>
public sealed record TimersResource(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? DateInactive,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? DateClosed
);

/// <summary>The conversation's own addresses. Only email has one.</summary>
public sealed record ConversationBindingsResource(EmailBindingResource Email);

/// <summary>The sender address and name of the conversation's emails.</summary>
public sealed record EmailBindingResource(string? ProjectedAddress, string? Name);

/// <summary>The URLs of the conversation's resources. This server does not have exports.</summary>
public sealed record ConversationLinks(string Participants, string Messages, string Webhooks, string Export);

/// <summary>One page of conversations.</summary>
public sealed record ConversationList(PageMeta Meta, IReadOnlyList<ConversationResource> Conversations) : IPage;
