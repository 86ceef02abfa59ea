using Conversations.Api.Errors;

namespace Conversations.Api.Conversations;

/// <summary>Twilio's states of a conversation. The state closed is final.</summary>
public static class ConversationState
{
    /// <summary>
    /// The conversation was created together with its participants, which are still to be added. No request can set it.
    /// </summary>
    public const string Initializing = "initializing";

    public const string Active = "active";

    public const string Inactive = "inactive";

    public const string Closed = "closed";

    /// <summary>The errors of <see cref="RequireOpen"/>.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } =
    [TwilioErrors.ConversationClosed, TwilioErrors.ConversationInitializing];

    /// <summary>Whether a request can name the state.</summary>
    public static bool IsKnown(string state) => state is Active or Inactive or Closed;

    /// <summary>Throws when a conversation in this state takes no writes.</summary>
    /// <exception cref="TwilioException">50377: it is closed; 50386: it is initializing.</exception>
    public static void RequireOpen(string state)
    {
        TwilioException.ThrowIf(state == Closed, TwilioErrors.ConversationClosed);
        RequireInitialized(state);
    }

    /// <summary>Throws when a conversation in this state can't be deleted either.</summary>
    /// <exception cref="TwilioException">50386: it is initializing.</exception>
    public static void RequireInitialized(string state) =>
        TwilioException.ThrowIf(state == Initializing, TwilioErrors.ConversationInitializing);
}
