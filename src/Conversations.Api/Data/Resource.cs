namespace Conversations.Api.Data;

/// <summary>What every stored resource has. The SID is the primary key and sorts by creation, see <see cref="Data.Sid"/>.</summary>
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
