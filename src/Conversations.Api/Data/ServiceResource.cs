namespace Conversations.Api.Data;

/// <summary>A resource of a chat service. Both route shapes serve it.</summary>
public abstract class ServiceResource : Resource
{
    public required string ChatServiceSid { get; init; }
}
