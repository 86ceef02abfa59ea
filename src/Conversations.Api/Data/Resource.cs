namespace Conversations.Api.Data;

/// <summary>
/// The members of every stored resource. The SID is the primary key and sorts by creation, see <see cref="Sids"/>.
/// </summary>
public abstract class Resource
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required DateTime DateCreated { get; set; }

    public required DateTime DateUpdated { get; set; }
}

/// <summary>A resource of a chat service. Both route shapes serve it.</summary>
public abstract class ServiceResource : Resource
{
    public required string ChatServiceSid { get; init; }
}

/// <summary>A resource of a conversation. It is deleted with the conversation.</summary>
public abstract class ConversationChild : ServiceResource
{
    public required string ConversationSid { get; init; }
}

/// <summary>A resource type that has a SID prefix.</summary>
public interface IResource
{
    /// <summary>Two letters, such as MB.</summary>
    static abstract string SidPrefix { get; }
}
