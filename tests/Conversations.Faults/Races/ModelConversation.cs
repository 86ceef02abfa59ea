namespace Conversations.Faults.Races;

/// <summary>A conversation, as far as the rules need it.</summary>
/// <param name="NextIndex">The index of its next message.</param>
public sealed record ModelConversation(string Sid, string? Name, string State, int NextIndex = 0)
{
    public bool IsOpen => State != "closed";
}
