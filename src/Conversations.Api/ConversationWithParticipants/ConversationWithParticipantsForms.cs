using Conversations.Api.Conversations;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>The form that creates a conversation together with its participants.</summary>
[FormExample("Chat", "Participant", """{"identity": "alice"}""")]
public sealed record ConversationWithParticipantsForm : ConversationForm
{
    /// <summary>
    /// Current state of this conversation: active or inactive, once its participants are added. Initializing means
    /// active.
    /// </summary>
    [Documented(
        Values = [
            ConversationState.Initializing,
            ConversationState.Active,
            ConversationState.Inactive,
            ConversationState.Closed,
        ]
    )]
    public override string? State { get; init; }

    /// <summary>
    /// The participant to be added to the conversation in JSON format, with the parameters of a participant in
    /// snake_case: {"messaging_binding": {"address": "+15558675310", "proxy_address": "+15017122661"}}. It can be
    /// repeated, up to 10 times.
    /// </summary>
    public IReadOnlyList<string>? Participant { get; init; }

    internal IReadOnlyList<string> Participants => [.. Participant?.Where(text => text.Length > 0) ?? []];
}

/// <summary>The format of the conversation, then the number and length of the participants.</summary>
public sealed class ConversationWithParticipantsRules : ConversationRules<ConversationWithParticipantsForm>
{
    public const int MaxParticipants = 10;

    // A character of a value takes up to six in JSON: \u0022. Without the attributes no participant needs more.
    private const int EscapedLength = 6;

    private const int LengthWithoutAttributes = 16_384;

    public ConversationWithParticipantsRules(LimitOptions limits) =>
        RuleFor(f => f.Participant)
            .AtMostItems(MaxParticipants, TwilioErrors.TooManyParticipants)
            .ItemsAtMost(
                LengthWithoutAttributes + (EscapedLength * limits.ParticipantAttributesBytes),
                TwilioErrors.InvalidParticipantJson
            );
}
