namespace Conversations.Api.Http;

/// <summary>The section <c>Limits</c>: the limits an operator may move. All others are Twilio's own and stand beside their rule.</summary>
public sealed class LimitOptions
{
    /// <summary>In bytes of UTF-8. Twilio documents 4 KB for participants; nobody recorded what it does above.</summary>
    public int ParticipantAttributesBytes { get; init; } = 4096;
}
