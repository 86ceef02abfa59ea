using Conversations.Api.Conversations;
using Conversations.Api.Errors;

namespace Conversations.Api.Participants;

/// <summary>The errors of <see cref="ParticipantService"/> besides those of the forms.</summary>
public static class ParticipantErrors
{
    private static readonly TwilioError[] Joining =
    [
        TwilioErrors.UserConversationLimit,
        .. GroupText.Errors,
        TwilioErrors.ParticipantExists,
        TwilioErrors.BindingInUse("{conversationSid}"),
    ];

    public static IReadOnlyList<TwilioError> Create { get; } =
    [
        .. ConversationState.Errors,
        .. BindingChange.SenderErrors,
        TwilioErrors.ParticipantLimit,
        TwilioErrors.NonChatParticipantLimit,
        TwilioErrors.ProjectedAddressNotProvided,
        .. Joining,
    ];

    public static IReadOnlyList<TwilioError> Update { get; } =
    [.. ConversationState.Errors, .. BindingChange.Errors, .. Joining];

    public static IReadOnlyList<TwilioError> Delete { get; } = [.. ConversationState.Errors];
}
