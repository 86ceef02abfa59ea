namespace Conversations.Api.Data;

/// <summary>What every stored resource has. The SID is the primary key and sorts by creation, see <see cref="Sids"/>.</summary>
public abstract class Resource
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required DateTime DateCreated { get; set; }

    public required DateTime DateUpdated { get; set; }
}

/// <summary>A resource of a chat service: both route shapes lead to it.</summary>
public abstract class ServiceResource : Resource
{
    public required string ChatServiceSid { get; init; }
}

/// <summary>A resource of a conversation, which goes when the conversation is deleted.</summary>
public abstract class ConversationChild : ServiceResource
{
    public required string ConversationSid { get; init; }
}

/// <summary>A resource whose type knows the prefix of its SIDs.</summary>
public interface IResource
{
    /// <summary>Two letters, such as MB.</summary>
    static abstract string SidPrefix { get; }
}

/// <summary>The parts of a path that lead to rows, as a compiled query takes them.</summary>
/// <param name="ChatServiceSid">Null means the account's default chat service.</param>
/// <param name="ConversationSid">The conversation's SID; null when it is named by UniqueName, or not at all.</param>
/// <param name="UniqueName">The conversation's UniqueName; null when it is named by SID, or not at all.</param>
public readonly record struct ResourcePath(
    string AccountSid,
    string? ChatServiceSid,
    string? ConversationSid = null,
    string? UniqueName = null
);
