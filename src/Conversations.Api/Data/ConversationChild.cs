namespace Conversations.Api.Data;

/// <summary>A resource of a conversation. It is deleted with the conversation.</summary>
public abstract class ConversationChild : ServiceResource
{
    public required string ConversationSid { get; init; }
}
