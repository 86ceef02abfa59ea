namespace Conversations.Faults.Races;

/// <summary>A conversation, as far as the rules need it.</summary>
public sealed record ModelConversation(string Sid, string? Name, string State)
{
    public bool IsOpen => State != "closed";
}
