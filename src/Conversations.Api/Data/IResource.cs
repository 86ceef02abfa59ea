namespace Conversations.Api.Data;

/// <summary>A resource type that has a SID prefix.</summary>
public interface IResource
{
    /// <summary>Two letters, such as MB.</summary>
    static abstract string SidPrefix { get; }
}
