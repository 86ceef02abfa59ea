using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.UserConversations;

/// <summary>The form that changes a conversation of a user. What it does not name keeps its value.</summary>
public sealed class UpdateUserConversationForm
{
    /// <summary>The Notification Level of this User Conversation: default or muted.</summary>
    [Documented(Values = [Participants.NotificationLevel.Default, Participants.NotificationLevel.Muted])]
    public string? NotificationLevel { get; init; }

    /// <summary>The date of the last message read in conversation by the user.</summary>
    [Documented(Type = "date-time")]
    public string? LastReadTimestamp { get; init; }

    /// <summary>
    /// The index of the last Message in the Conversation that the Participant has read; the word null clears it.
    /// </summary>
    [Documented(Type = "integer")]
    public string? LastReadMessageIndex { get; init; }

    internal bool IsEmpty =>
        (NotificationLevel.NullIfEmpty() ?? LastReadTimestamp.NullIfEmpty() ?? LastReadMessageIndex.NullIfEmpty())
            is null;
}

/// <summary>The query of the list of a user's conversations.</summary>
public sealed record UserConversationQuery : PageRequest
{
    /// <summary>
    /// How many resources to return in each list page. The default is 50. A value above 50 is reduced to 50.
    /// </summary>
    [Documented(Type = "integer")]
    public override string? PageSize { get; init; }

    // The official document is the only source of this maximum.
    protected override int MaxSize => 50;
}

public sealed class UpdateUserConversationRules : AbstractValidator<UpdateUserConversationForm>
{
    public UpdateUserConversationRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.NotificationLevel)
            .Must(level => level.NullIfEmpty() is null or NotificationLevel.Default or NotificationLevel.Muted)
            .WithError(TwilioErrors.InvalidNotificationLevel);
        RuleFor(f => f.LastReadMessageIndex).LastReadMessageIndex();
        RuleFor(f => f.LastReadTimestamp).Date(TwilioErrors.InvalidLastReadTimestamp);
    }
}

public sealed class UserConversationQueryRules : PageRules<UserConversationQuery>;
